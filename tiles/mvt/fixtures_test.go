package mvt

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"tuban/internal/check"
)

// stricter names the fixtures that are flagged valid and that Validate faults
// all the same, with the rules and the reason.
var stricter = map[string]struct {
	rule   Rule
	reason string
}{
	"016": {RuleType, "its bytes are those of fixture 003, which is flagged invalid: the type is missing"},
	"025": {RuleEmptyLayer, "4.1 says SHOULD; a writer has no reason for a layer without features"},
	"039": {RuleVersion, "its version is 1, and we check against 2.1"},
	"057": {RuleGeometry, "a MoveTo of 536,870,911 points before two numbers breaks 4.3.1; it is meant for decoders"},
}

// TestFixtures compares Validate with the validity flags of mapbox/mvt-fixtures.
func TestFixtures(t *testing.T) {
	dir := check.Data(t, "suites/mvt-fixtures/fixtures")
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(list) < 70 {
		t.Fatalf("%d fixtures, %v", len(list), err)
	}
	for _, path := range list {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(path, "tile.mvt"))
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(filepath.Join(path, "info.json"))
			if err != nil {
				t.Fatal(err)
			}
			var info struct {
				Description string
				Validity    struct{ V2 bool }
			}
			if err := json.Unmarshal(text, &info); err != nil {
				t.Fatal(err)
			}
			found := Validate(data)
			if s, ok := stricter[name]; ok {
				if !info.Validity.V2 || len(found) != 1 || found[0].Rule != s.rule {
					t.Errorf("flagged valid=%v, found %v, want only %s: %s", info.Validity.V2, found, s.rule, s.reason)
				}
				return
			}
			if info.Validity.V2 && len(found) > 0 || !info.Validity.V2 && len(found) == 0 {
				t.Errorf("flagged valid=%v, found %v\n%s", info.Validity.V2, found, info.Description)
			}
		})
	}
}
