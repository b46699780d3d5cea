// The session cookie travels along too; a bearer token from the Authorize button wins over it.
window.ui = SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  requestInterceptor: (request) => {
    const csrf = document.cookie.match(/(?:^|; )csrf_access_token=([^;]+)/)
    if (csrf && !['GET', 'HEAD'].includes(request.method ?? 'GET')) request.headers['X-CSRF-TOKEN'] = csrf[1]
    return request
  },
})
