#!/usr/bin/env bash
# Build both images for the stack and push them: build.sh STACK TAG. Needs docker with buildx, and the AWS command line.
# Tags are immutable, so one that is there already is left as it is: a second run after a broken one does the rest.
set -euo pipefail
cd "$(dirname "$0")/../.."
stack=$1
export TAG=$2

output() {
  aws cloudformation describe-stacks --stack-name "$stack" --output text \
    --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue"
}

is_there() {
  aws ecr describe-images --repository-name "${1#*/}" --image-ids "imageTag=$TAG" >/dev/null 2>&1
}

APP_REPOSITORY=$(output AppRepository)
FRONTEND_REPOSITORY=$(output FrontendRepository)
export APP_REPOSITORY FRONTEND_REPOSITORY

targets=()
is_there "$APP_REPOSITORY" || targets+=(app)
is_there "$FRONTEND_REPOSITORY" || targets+=(frontend)
if [ ${#targets[@]} -eq 0 ]; then
  echo "Both images of $TAG are there."
  exit
fi

aws ecr get-login-password | docker login --username AWS --password-stdin "${APP_REPOSITORY%%/*}"
docker buildx bake --file docker/aws/docker-bake.json --push "${targets[@]}"
