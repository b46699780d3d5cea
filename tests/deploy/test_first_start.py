"""The stack before there are images, and without what is optional."""


def test_before_there_are_images_everything_but_the_services_is_made(account, start_stack):
    start_stack("none")

    assert account("ecs").list_services(cluster="asyncops")["serviceArns"] == []
    assert len(account("ecs").list_task_definition_families()["families"]) == 5
    assert len(account("ecr").describe_repositories()["repositories"]) == 2


def test_without_a_repository_nobody_may_deploy(account, start_stack):
    outputs = start_stack(GitHubRepository="")

    assert "DeployRoleArn" not in outputs
    assert not [role for role in account("iam").list_roles()["Roles"] if "DeployRole" in role["RoleName"]]
