package peers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"tuban/formats/geojson"
	"tuban/geom"
)

// fakeVariable makes the test program a stand-in for tile38-server: it
// understands what this package sends, as Tile38's documentation has it.
const fakeVariable = "TUBAN_PEERS_TILE38"

// fakeTile38 serves on the port that its arguments name.
func fakeTile38(args []string) error {
	port := ""
	for i, a := range args {
		if a == "-p" {
			port = args[i+1]
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	objects := map[string]orb.Geometry{}
	for {
		conn, err := ln.Accept()
		if err != nil {
			return err
		}
		go fakeAnswers(conn, objects)
	}
}

// fakeAnswers answers one connection. Objects are set before they are asked for.
func fakeAnswers(conn net.Conn, objects map[string]orb.Geometry) {
	defer conn.Close()
	c := &respClient{conn: conn, in: bufio.NewReader(conn), out: bufio.NewWriter(conn)}
	for {
		v, err := c.reply(maxNesting)
		if err != nil {
			return
		}
		var words []string
		for _, w := range v.([]any) {
			words = append(words, w.(string))
		}
		switch words[0] {
		case "PING":
			fmt.Fprint(c.out, "+PONG\r\n")
		case "SET":
			if objects[words[2]], err = geojson.ParseGeometry([]byte(words[4])); err != nil {
				return
			}
			fmt.Fprint(c.out, "+OK\r\n")
		default: // INTERSECTS key LIMIT n IDS POINT lat lon
			fmt.Fprint(c.out, "*2\r\n:0\r\n")
			c.send(fakeHolding(objects, words)...)
		}
		if c.in.Buffered() == 0 && c.out.Flush() != nil {
			return
		}
	}
}

func fakeHolding(objects map[string]orb.Geometry, words []string) (ids []string) {
	lat, _ := strconv.ParseFloat(words[6], 64)
	lon, _ := strconv.ParseFloat(words[7], 64)
	for id, g := range objects {
		if geom.Locate(g, orb.Point{lon, lat}) != geom.Outside {
			ids = append(ids, id)
		}
	}
	return ids
}

func TestTile38ThatDoesNotStart(t *testing.T) {
	if _, err := startTile38(context.Background(), filepath.Join(t.TempDir(), "none"), t.TempDir()); err == nil {
		t.Error("started")
	}
}

func respOf(text string) *respClient {
	return &respClient{in: bufio.NewReader(strings.NewReader(text))}
}

func TestReply(t *testing.T) {
	cases := []struct {
		text, want string
	}{
		{"+OK\r\n", "OK"}, {":-7\r\n", "-7"}, {"$3\r\na\r\n\r\n", "a\r\n"}, {"$-1\r\n", "<nil>"}, {"$0\r\n\r\n", ""},
		{"*2\r\n:0\r\n*1\r\n$1\r\nx\r\n", "[0 [x]]"}, {"*0\r\n", "[]"},
		{"-ERR no\r\n", "error: ERR no"}, {"$5\r\nab\r\n", "error: unexpected EOF"}, {"", "error: EOF"},
	}
	for _, c := range cases {
		v, err := respOf(c.text).reply(maxNesting)
		got := fmt.Sprint(v)
		if err != nil {
			got = "error: " + err.Error()
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
	for _, text := range []string{"x\r\n", "?1\r\n", "$-2\r\n", "$99999999999\r\n", "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "+OK\n", "\r\n", "$1\r\nxyz"} {
		if _, err := respOf(text).reply(maxNesting); !errors.Is(err, errRESP) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzReply: any bytes are a reply or an error.
func FuzzReply(f *testing.F) {
	for _, s := range []string{"+OK\r\n", "*2\r\n:0\r\n*1\r\n$1\r\nx\r\n", "$3\r\nabc\r\n", "-ERR\r\n", "*9\r\n", ":x\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<12 {
			return
		}
		if v, err := respOf(text).reply(maxNesting); err == nil && v == nil && !strings.HasPrefix(text, "$-1") && !strings.HasPrefix(text, "*-1") && !strings.HasPrefix(text, "*0") {
			t.Errorf("%q is nil", text)
		} else if errors.Is(err, io.ErrNoProgress) {
			t.Error(err)
		}
	})
}
