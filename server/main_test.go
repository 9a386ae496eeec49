package server

import (
	"os"
	"testing"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// TestMain teaches the OpenAPI validator tuban's media types.
func TestMain(m *testing.M) {
	for _, kind := range []string{typeGeoJSON, "application/vnd.oai.openapi+json"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.JSONBodyDecoder)
	}
	for _, kind := range []string{typeTile, typeSeq, typeNDJSON, "text/html", "text/javascript", "text/css", "image/svg+xml", "text/event-stream", "application/openmetrics-text"} {
		openapi3filter.RegisterBodyDecoder(kind, openapi3filter.FileBodyDecoder)
	}
	os.Exit(m.Run())
}
