package geom

import (
	"encoding/hex"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"
	"github.com/paulmach/orb/encoding/wkt"

	"tuban/internal/check"
)

type jtsRun struct {
	Cases []struct {
		Desc  string `xml:"desc"`
		A     string `xml:"a"`
		Tests []struct {
			Op struct {
				Name string `xml:"name,attr"`
				Arg1 string `xml:"arg1,attr"`
				Want string `xml:",chardata"`
			} `xml:"op"`
		} `xml:"test"`
	} `xml:"case"`
}

func readJTS(t *testing.T, path string) (run jtsRun) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(text, &run); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return run
}

// jtsGeometry reads WKT or hex WKB; nil for what orb doesn't know.
func jtsGeometry(text string) orb.Geometry {
	text = strings.Join(strings.Fields(text), " ")
	if raw, err := hex.DecodeString(text); err == nil && len(raw) > 0 {
		g, err := wkb.Unmarshal(raw)
		if err != nil {
			return nil
		}
		return g
	}
	g, err := wkt.Unmarshal(text)
	if err != nil {
		return nil
	}
	return g
}

// The validity cases of the JTS suite. JTS, like OGC, doesn't mind repeated
// points and winding; everything else that we report makes a polygon invalid
// there. "Invalid" and "needs repair" are different things (see soundForOGC):
// this test is about the first.
func TestJTSValidity(t *testing.T) {
	seen := 0
	for _, name := range []string{"general/TestValid.xml", "general/TestValid2.xml", "general/TestValid2-big.xml", "misc/TestValid.xml", "misc/TestInvalidA.xml"} {
		path := check.Data(t, filepath.Join("suites/jts", name))
		for _, c := range readJTS(t, path).Cases {
			g := jtsGeometry(c.A)
			for _, test := range c.Tests {
				if test.Op.Name != "isValid" || !strings.EqualFold(test.Op.Arg1, "a") {
					continue
				}
				if g == nil {
					t.Logf("%s: %q: not read: %.60s", name, c.Desc, c.A)
					continue
				}
				if !IsAreal(g) {
					continue
				}
				seen++
				want := strings.TrimSpace(test.Op.Want) == "true"
				if problems := Validate(g, 0); soundForOGC(problems) != want {
					t.Errorf("%s: %q: want valid = %v\n%.300s\n%+v", name, c.Desc, want, c.A, problems)
				}
			}
		}
	}
	t.Logf("%d polygonal cases", seen)
	if seen < 100 {
		t.Errorf("only %d polygonal cases were read", seen)
	}
}
