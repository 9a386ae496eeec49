package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cespare/xxhash/v2"

	"tuban/feature"
)

// witness remembers outside Badger which commit was acknowledged last. A slot
// is seq and xxHash-64 of data set id and seq; seqs take the two slots in turn,
// so that one half written leaves the other.
type witness struct {
	file    *os.File
	dataset string
}

const slotLen = 16

func witnessPath(dir string) string { return filepath.Join(dir, "witness") }

func openWitness(dir, dataset string) (*witness, error) {
	f, err := os.OpenFile(witnessPath(dir), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return &witness{f, dataset}, nil
}

func slotSum(dataset string, seq []byte) uint64 {
	return xxhash.Sum64(append([]byte(dataset), seq...))
}

// write records an acknowledged commit. It is not synced and need not be.
func (w *witness) write(seq feature.Seq) error {
	var slot [slotLen]byte
	binary.LittleEndian.PutUint64(slot[:], uint64(seq))
	binary.LittleEndian.PutUint64(slot[8:], slotSum(w.dataset, slot[:8]))
	_, err := w.file.WriteAt(slot[:], int64(seq%2)*slotLen)
	return err
}

// readWitness returns the greatest seq recorded in dir for a data set, 0 if
// there is none that can be read.
func readWitness(dir, dataset string) (feature.Seq, error) {
	f, err := os.Open(witnessPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	var slots [2 * slotLen]byte
	n, err := f.ReadAt(slots[:], 0)
	if err != nil && err != io.EOF {
		return 0, fmt.Errorf("store: witness: %w", err)
	}
	seq := feature.Seq(0)
	for i := 0; i+slotLen <= n; i += slotLen {
		slot := slots[i : i+slotLen]
		if slotSum(dataset, slot[:8]) == binary.LittleEndian.Uint64(slot[8:]) {
			seq = max(seq, feature.Seq(binary.LittleEndian.Uint64(slot)))
		}
	}
	return seq, nil
}
