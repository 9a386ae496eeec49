package shapefile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	bufferSize = 1 << 16
	// maxSpool is the largest member that is spooled: no .shp can be longer,
	// its lengths are counted in 16-bit words by an int32.
	maxSpool = 1 << 32
	// growStep is how much is allocated ahead of the bytes that were seen.
	growStep = 1 << 20
)

// stream reads a part forwards and knows its position. A member of an archive
// is spooled to a temporary file the first time that a seek is asked for.
type stream struct {
	part *part
	src  io.ReadCloser
	buf  *bufio.Reader
	pos  int64
	temp string // path of the spooled copy
}

func openStream(p *part) (*stream, error) {
	src, err := p.open()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	return &stream{part: p, src: src, buf: bufio.NewReaderSize(src, bufferSize)}, nil
}

// full fills b. At the end of the file it returns io.EOF when no byte was left
// and io.ErrUnexpectedEOF when some were.
func (s *stream) full(b []byte) error {
	n, err := io.ReadFull(s.buf, b)
	s.pos += int64(n)
	return err
}

// grow reads n bytes into dst's memory, enlarging it only as bytes arrive.
func (s *stream) grow(dst []byte, n int) ([]byte, error) {
	dst = dst[:0]
	for len(dst) < n {
		step := min(n-len(dst), max(growStep, len(dst)))
		at := len(dst)
		if cap(dst) < at+step {
			dst = append(make([]byte, 0, at+step), dst...)
		}
		dst = dst[:at+step]
		if err := s.full(dst[at:]); err != nil {
			return dst[:at], unexpected(err)
		}
	}
	return dst, nil
}

func (s *stream) skip(n int64) error {
	m, err := io.CopyN(io.Discard, s.buf, n)
	s.pos += m
	return unexpected(err)
}

// seek goes to an offset from the start.
func (s *stream) seek(offset int64) error {
	seeker, ok := s.src.(io.Seeker)
	if !ok {
		if err := s.spool(); err != nil {
			return fmt.Errorf("%s: spool to a temporary file: %w", s.part.name, err)
		}
		seeker = s.src.(io.Seeker)
	}
	if ahead := offset - s.pos; ahead >= 0 && ahead <= int64(s.buf.Buffered()) {
		return s.skip(ahead)
	}
	if _, err := seeker.Seek(offset, io.SeekStart); err != nil {
		return err
	}
	s.buf.Reset(s.src)
	s.pos = offset
	return nil
}

// spool copies the member to a temporary file and goes on from there.
func (s *stream) spool() error {
	again, err := s.part.open()
	if err != nil {
		return err
	}
	defer again.Close()
	f, err := os.CreateTemp("", "tuban-shp-*")
	if err != nil {
		return err
	}
	n, err := io.Copy(f, io.LimitReader(again, maxSpool+1))
	if err == nil && n > maxSpool {
		err = fmt.Errorf("longer than %d bytes", int64(maxSpool))
	}
	if err == nil {
		_, err = f.Seek(s.pos, io.SeekStart)
	}
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	err = s.src.Close()
	s.src, s.temp = f, f.Name()
	s.buf.Reset(f)
	return err
}

func (s *stream) close() error {
	err := s.src.Close()
	if s.temp != "" {
		err = errors.Join(err, os.Remove(s.temp))
		s.temp = ""
	}
	return err
}

// unexpected turns io.EOF into io.ErrUnexpectedEOF.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
