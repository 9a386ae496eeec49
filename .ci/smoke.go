//go:build ignore

// Smoke runs the built program as a user would: it starts the demo on a fresh
// folder and a free port, waits until it is ready, reads one tile by GDAL, asks
// for one overlap whose area is known from elsewhere, stops the server, and
// verifies the folder.
//
//	go run .ci/smoke.go path/to/tuban
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run .ci/smoke.go path/to/tuban")
		os.Exit(2)
	}
	if err := smoke(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "smoke:", err)
		os.Exit(1)
	}
}

func smoke(program string) (err error) {
	dir, err := os.MkdirTemp("", "tuban-smoke")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	address, err := freeAddress()
	if err != nil {
		return err
	}
	var log bytes.Buffer
	data := filepath.Join(dir, "data")
	cmd := exec.Command(program, "demo", "--data", data, "--listen", address)
	cmd.Stdout, cmd.Stderr = &log, &log
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	url := "http://" + address
	if err := use(program, url, dir, ended, began); err != nil {
		_ = cmd.Process.Kill()
		<-ended
		return fmt.Errorf("%w\nthe program said:\n%s", err, log.String())
	}
	if err := stop(cmd, ended); err != nil {
		return fmt.Errorf("%w\nthe program said:\n%s", err, log.String())
	}
	if odd := regexp.MustCompile(`"level":"(WARN|ERROR)".*`).FindString(log.String()); odd != "" {
		return fmt.Errorf("the log holds %s", odd)
	}
	out, err := exec.Command(program, "check", "--data", data).CombinedOutput()
	if err != nil {
		return fmt.Errorf("check after the stop: %w\n%s", err, out)
	}
	fmt.Printf("stopped with exit code 0; the folder is whole\n%s", out)
	return nil
}

// use does to a starting server what its users do.
func use(program, url, dir string, ended <-chan error, began time.Time) error {
	if err := ready(url, ended); err != nil {
		return err
	}
	fmt.Printf("ready after %v\n", time.Since(began).Round(10*time.Millisecond))
	if out, err := exec.Command(program, "healthcheck", "--server", url).CombinedOutput(); err != nil {
		return fmt.Errorf("healthcheck: %w\n%s", err, out)
	}
	if err := tile(url, dir); err != nil {
		return err
	}
	return overlap(url)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func ready(url string, ended <-chan error) error {
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		select {
		case err := <-ended:
			return fmt.Errorf("the program ended before it was ready: %v", err)
		default:
		}
		if r, err := http.Get(url + "/readyz"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	return fmt.Errorf("not ready after three minutes")
}

func fetch(method, url, body string) ([]byte, error) {
	q, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	if body != "" {
		q.Header.Set("Content-Type", "application/geo+json")
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s: %s\n%s", method, url, r.Status, text)
	}
	return text, err
}

// tile fetches the tile of 94.9° E, 36.4° N at zoom 14 (DOMAIN 7.3) and has GDAL
// count its features.
func tile(url, dir string) error {
	body, err := fetch("GET", url+"/mvt/dltb/14/12511/6411", "")
	if err != nil {
		return err
	}
	name := filepath.Join(dir, "tile.mvt")
	if err := os.WriteFile(name, body, 0o644); err != nil {
		return err
	}
	out, err := exec.Command("ogrinfo", "-ro", "-so", "MVT:"+name, "dltb").CombinedOutput()
	if err != nil {
		return fmt.Errorf("ogrinfo: %w\n%s", err, out)
	}
	m := regexp.MustCompile(`Feature Count: (\d+)`).FindSubmatch(out)
	if m == nil {
		return fmt.Errorf("ogrinfo counts no features:\n%s", out)
	}
	n, err := strconv.Atoi(string(m[1]))
	if err != nil || n == 0 {
		return fmt.Errorf("the tile holds %s parcels", m[1])
	}
	fmt.Printf("tile: %d bytes, GDAL counts %d parcels\n", len(body), n)
	return nil
}

// overlap asks what a triangle lies on whose ellipsoidal area three other
// programs agree on (DOMAIN 7.5, T2): 43300.8669 m². The demo's parcels cover
// the ground without gaps, so that they cover all of it, once.
func overlap(url string) error {
	const want = 43300.8669
	const triangle = `{"type":"Polygon","coordinates":[[[94.9,36.4],[94.903,36.4005],[94.9012,36.4031],[94.9,36.4]]]}`
	body, err := fetch("POST", url+"/overlap?layers=dltb", triangle)
	if err != nil {
		return err
	}
	var answer struct {
		Results []struct {
			Area   float64 `json:"area_m2"`
			Layers []struct {
				Covered  float64          `json:"covered_m2"`
				Summed   float64          `json:"summed_m2"`
				Features []map[string]any `json:"features"`
			} `json:"layers"`
		} `json:"results"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return fmt.Errorf("overlap: %w\n%s", err, body)
	}
	if len(answer.Results) != 1 || len(answer.Results[0].Layers) != 1 {
		return fmt.Errorf("overlap answers\n%s", body)
	}
	r, l := answer.Results[0], answer.Results[0].Layers[0]
	for name, got := range map[string]float64{"area": r.Area, "covered": l.Covered, "summed": l.Summed} {
		if math.Abs(got-want) > 1e-4 {
			return fmt.Errorf("overlap: %s is %.6f m², not %.4f", name, got, want)
		}
	}
	if len(l.Features) == 0 {
		return fmt.Errorf("overlap: no parcels in\n%s", body)
	}
	fmt.Printf("overlap: %.4f m² on %d parcels\n", l.Covered, len(l.Features))
	return nil
}

// stop ends the server as an operator does, and wants exit code 0.
func stop(cmd *exec.Cmd, ended <-chan error) error {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("after SIGTERM: %w", err)
		}
		return nil
	case <-time.After(30 * time.Second):
		_ = cmd.Process.Kill()
		return fmt.Errorf("still running 30 s after SIGTERM")
	}
}
