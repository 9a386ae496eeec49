// Package e2e holds end-to-end tests: they build the program, start it on a
// demo city and look at it as its users do, with a headless Chromium, with QGIS
// and with GDAL.
//
// They run with
//
//	go test ./internal/e2e -e2e [-v]
//	go test ./internal/e2e -e2e -long -timeout 1h -run 'Smooth|FirstMap' -v
//
// and are skipped without -e2e, and one by one where something is missing
// (chromium, python3 with qgis, ogrinfo, a CJK font for labels, axe-core from
// npm ci in server/console/web). -long adds the city of 200,000 parcels: how
// smoothly it moves, how soon it is there. Pictures are
// written to $TUBAN_E2E_OUT, else to a temporary folder that -v names; somebody
// should look at them.
package e2e
