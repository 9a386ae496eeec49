package pmtiles

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
)

// record says where a tile's bytes lie; a length of 0 is an empty tile.
type record struct {
	id, offset uint64
	length     uint32
	sum        [16]byte
}

// recordSize is a record with its checksum.
const recordSize = 8 + 8 + 4 + 16 + 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (r record) append(dst []byte) []byte {
	from := len(dst)
	dst = binary.LittleEndian.AppendUint64(dst, r.id)
	dst = binary.LittleEndian.AppendUint64(dst, r.offset)
	dst = binary.LittleEndian.AppendUint32(dst, r.length)
	dst = append(dst, r.sum[:]...)
	return binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[from:], castagnoli))
}

func parseRecord(b []byte) (r record, ok bool) {
	const body = recordSize - 4
	if binary.LittleEndian.Uint32(b[body:]) != crc32.Checksum(b[:body], castagnoli) {
		return r, false
	}
	r.id, r.offset, r.length = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint32(b[16:])
	copy(r.sum[:], b[20:])
	return r, true
}

// log is a file of one line, the subject, and the records of what is safe.
type log struct{ f *os.File }

// openLog opens or begins a log. visit gets the records that are there, up to the
// first torn one; what follows it is cut off.
func openLog(name, subject string, visit func(record)) (*log, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	l := &log{f}
	end, err := l.replay(subject, visit)
	if err == nil {
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

// replay returns where the next record goes.
func (l *log) replay(subject string, visit func(record)) (end int64, err error) {
	head := fmt.Sprintf("tuban pmtiles log 1: %q\n", subject)
	in := bufio.NewReader(l.f)
	line, err := in.ReadString('\n')
	switch {
	case err == io.EOF: // new, or its first line is torn
		if err := l.f.Truncate(0); err != nil {
			return 0, err
		}
		_, err = l.f.WriteAt([]byte(head), 0)
		return int64(len(head)), err
	case err != nil:
		return 0, err
	case line != head:
		return 0, fmt.Errorf("%w: %s", ErrOther, line[:len(line)-1])
	}
	end = int64(len(head))
	b := make([]byte, recordSize)
	next := uint64(0)
	for {
		if _, err := io.ReadFull(in, b); err == io.EOF || err == io.ErrUnexpectedEOF {
			return end, nil
		} else if err != nil {
			return 0, err
		}
		r, ok := parseRecord(b)
		if !ok || r.id < next {
			return end, nil
		}
		visit(r)
		next, end = r.id+1, end+recordSize
	}
}

// append adds records and puts them on disk.
func (l *log) append(records []record) error {
	b := make([]byte, 0, recordSize*len(records))
	for _, r := range records {
		b = r.append(b)
	}
	if _, err := l.f.Write(b); err != nil {
		return err
	}
	return l.f.Sync()
}

func (l *log) close() error { return l.f.Close() }
