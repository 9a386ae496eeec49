package server

import _ "embed"

// openAPI is the OpenAPI 3.0 description of all routes.
//
//go:embed openapi.json
var openAPI string
