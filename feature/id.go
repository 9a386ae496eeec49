package feature

import (
	"errors"
	"fmt"
	"strings"
)

// LayerID names a layer (OGC: collection id): lower-case ASCII letters,
// digits, '_' and '-', beginning with a letter, at most 64 bytes.
type LayerID string

// ID is the text id of a feature, unique within its layer: the value of the
// layer's id field, else the GeoJSON id, else one that tuban assigned.
// Integers are decimal text ("0", never "0.0").
type ID string

// Number is the stable number of a feature within its layer, counted from 1,
// never used again after a deletion. It is the feature's MVT id.
type Number uint64

// Seq counts the commits of a data set, from 1; 0 is the empty data set.
type Seq uint64

// Vintage names a complete edition of a layer, such as "2023".
type Vintage string

// BaseVintage is the edition that a layer has when nobody named one.
const BaseVintage Vintage = "base"

// Slot is the place of a feature version in a layer's arena. Slots belong to
// one view and have no meaning outside it.
type Slot uint32

// MaxIDBytes is the longest feature id accepted.
const MaxIDBytes = 256

// ErrBadLayerID reports a layer id that does not follow LayerID's rule.
var ErrBadLayerID = errors.New("bad layer id")

// CheckLayerID returns nil for a well-formed layer id, else an error that wraps
// ErrBadLayerID and says what is wrong.
func CheckLayerID(id LayerID) error {
	if id == "" {
		return fmt.Errorf("%w: it is empty", ErrBadLayerID)
	}
	if len(id) > 64 {
		return fmt.Errorf("%w: %q is longer than 64 bytes", ErrBadLayerID, id[:20]+"…")
	}
	for i := 0; i < len(id); i++ {
		c := id[i]
		switch {
		case 'a' <= c && c <= 'z', i > 0 && ('0' <= c && c <= '9' || c == '_' || c == '-'):
		default:
			return fmt.Errorf("%w: %q: use a-z, then a-z 0-9 _ -", ErrBadLayerID, id)
		}
	}
	return nil
}

// CheckVintage returns an error for a vintage name that could not stand in a
// URL after '@': empty, longer than 64 bytes, or holding one of ",@/?&#%",
// white space or a control character.
func CheckVintage(v Vintage) error {
	if v == "" || len(v) > 64 {
		return fmt.Errorf("bad vintage %q: 1 to 64 bytes", v)
	}
	if i := strings.IndexFunc(string(v), func(r rune) bool {
		return r <= ' ' || r == 0x7f || strings.ContainsRune(",@/?&#%", r)
	}); i >= 0 {
		return fmt.Errorf("bad vintage %q: character %q is not allowed", v, string(v)[i:i+1])
	}
	return nil
}
