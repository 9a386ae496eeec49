package load

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"tuban/bench"
)

// Listening returns the process that listens at an address of this machine, by
// what /proc shows. The error wraps bench.ErrNoProcess: another machine, another
// system, or a process of another user.
func Listening(address *url.URL) (pid int, err error) {
	_, port, err := net.SplitHostPort(hostPort(address))
	if err != nil {
		return 0, err
	}
	if host := address.Hostname(); host != "localhost" {
		if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
			return 0, fmt.Errorf("%w: %s is not on loopback", bench.ErrNoProcess, host)
		}
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return 0, err
	}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue // no such protocol here
		}
		if inode := listeningSocket(string(text), uint16(number)); inode != "" {
			return holderOf(inode)
		}
	}
	return 0, fmt.Errorf("%w: nothing listens on port %s", bench.ErrNoProcess, port)
}

// listeningSocket returns the inode of the socket that listens on a port of
// loopback or of all addresses, "" if there is none in a table of /proc/net.
func listeningSocket(table string, port uint16) string {
	const listen = "0A"
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != listen {
			continue
		}
		host, p, ok := strings.Cut(f[1], ":")
		if n, err := strconv.ParseUint(p, 16, 16); !ok || err != nil || uint16(n) != port {
			continue
		}
		if ip := addressOf(host); ip != nil && (ip.IsLoopback() || ip.IsUnspecified()) {
			return f[9]
		}
	}
	return ""
}

// addressOf reads an address as the kernel writes it: words of 4 bytes, each in
// the order of the machine (taken as little-endian, as on all that Go's Linux
// ports mostly run on; on others the process is just not found).
func addressOf(text string) net.IP {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != net.IPv4len && len(raw) != net.IPv6len {
		return nil
	}
	for i := 0; i < len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.LittleEndian.Uint32(raw[i:]))
	}
	return raw
}

// holderOf returns a process that has a socket open.
func holderOf(inode string) (int, error) {
	links, err := filepath.Glob("/proc/[0-9]*/fd/*")
	if err != nil {
		return 0, err
	}
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && to == "socket:["+inode+"]" {
			return strconv.Atoi(strings.Split(l, "/")[2])
		}
	}
	return 0, fmt.Errorf("%w: the process that listens belongs to somebody else", bench.ErrNoProcess)
}
