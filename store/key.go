package store

import (
	"encoding/binary"
	"fmt"

	"tuban/feature"
)

// layoutVersion is the version of the whole layout (the file "layout"),
// keyVersion and valueVersion those of keys and values within it.
const (
	layoutVersion = 1
	keyVersion    = 1
	valueVersion  = 1
)

// The kinds of key.
const (
	kindMeta       = 'm'
	kindHead       = 'h'
	kindCommit     = 'c'
	kindLayer      = 's'
	kindDescriptor = 'l'
	kindVintage    = 'v'
	kindLoad       = 'o'
	kindChunk      = 'k'
	kindDelta      = 'd'
	kindIntent     = 'i'
)

const deltaKeyLen = 2 + 4 + 4 + 8 + 8 + 2

func prefix(kind byte) []byte { return []byte{kind, keyVersion} }

func commitKey(seq feature.Seq) []byte {
	return binary.BigEndian.AppendUint64(prefix(kindCommit), uint64(seq))
}

func layerKey(layer uint32) []byte {
	return binary.BigEndian.AppendUint32(prefix(kindLayer), layer)
}

func descriptorKey(layer uint32, seq feature.Seq) []byte {
	k := binary.BigEndian.AppendUint32(prefix(kindDescriptor), layer)
	return binary.BigEndian.AppendUint64(k, ^uint64(seq))
}

func vintageKey(layer, vintage uint32) []byte {
	k := binary.BigEndian.AppendUint32(prefix(kindVintage), layer)
	return binary.BigEndian.AppendUint32(k, vintage)
}

func loadKey(load uint64) []byte {
	return binary.BigEndian.AppendUint64(prefix(kindLoad), load)
}

func chunkPrefix(load uint64) []byte {
	return binary.BigEndian.AppendUint64(prefix(kindChunk), load)
}

func chunkKey(load uint64, chunk uint32) []byte {
	return binary.BigEndian.AppendUint32(chunkPrefix(load), chunk)
}

func deltaPrefix(layer, vintage uint32) []byte {
	k := make([]byte, 0, deltaKeyLen)
	k = binary.BigEndian.AppendUint32(append(k, kindDelta, keyVersion), layer)
	return binary.BigEndian.AppendUint32(k, vintage)
}

func numberPrefix(layer, vintage uint32, n feature.Number) []byte {
	return binary.BigEndian.AppendUint64(deltaPrefix(layer, vintage), uint64(n))
}

func deltaKey(layer, vintage uint32, n feature.Number, seq feature.Seq) []byte {
	return binary.BigEndian.AppendUint64(numberPrefix(layer, vintage, n), ^uint64(seq))
}

// partKey appends the number of a blob's part to its key.
func partKey(blob []byte, part int) []byte {
	return binary.BigEndian.AppendUint16(blob[:len(blob):len(blob)], uint16(part))
}

// deltaAt is what a delta key says.
type deltaAt struct {
	number feature.Number
	seq    feature.Seq
	part   int
}

// parseDelta reads a delta key; ok is false when it is not one.
func parseDelta(k []byte) (d deltaAt, ok bool) {
	if len(k) != deltaKeyLen || k[0] != kindDelta || k[1] != keyVersion {
		return d, false
	}
	return deltaAt{
		number: feature.Number(binary.BigEndian.Uint64(k[10:])),
		seq:    feature.Seq(^binary.BigEndian.Uint64(k[18:])),
		part:   int(binary.BigEndian.Uint16(k[26:])),
	}, true
}

// tailSeq returns the number in the last eight bytes of a key.
func tailSeq(k []byte) feature.Seq {
	return feature.Seq(binary.BigEndian.Uint64(k[len(k)-8:]))
}

// keyChunk returns the chunk of a chunk's key, -1 for any other.
func keyChunk(k []byte) int {
	if len(k) < 14 || k[0] != kindChunk {
		return -1
	}
	return int(binary.BigEndian.Uint32(k[10:]))
}

// keyText gives a key in words, for messages.
func keyText(k []byte) string {
	u32 := func(i int) uint32 { return binary.BigEndian.Uint32(k[i:]) }
	u64 := func(i int) uint64 { return binary.BigEndian.Uint64(k[i:]) }
	if len(k) < 2 || k[1] != keyVersion {
		return fmt.Sprintf("key %x", k)
	}
	switch n := len(k); {
	case k[0] == kindMeta:
		return "meta record"
	case k[0] == kindHead:
		return "head record"
	case k[0] == kindIntent:
		return "intent record"
	case k[0] == kindCommit && n == 10:
		return fmt.Sprintf("commit %d", u64(2))
	case k[0] == kindLayer && n == 6:
		return fmt.Sprintf("layer record %d", u32(2))
	case k[0] == kindDescriptor && n >= 14:
		return fmt.Sprintf("descriptor of layer %d from seq %d", u32(2), ^u64(6))
	case k[0] == kindVintage && n == 10:
		return fmt.Sprintf("vintage record %d of layer %d", u32(6), u32(2))
	case k[0] == kindLoad && n == 10:
		return fmt.Sprintf("load record %d", u64(2))
	case k[0] == kindChunk && n >= 14:
		return fmt.Sprintf("load %d, chunk %d", u64(2), u32(10))
	case k[0] == kindDelta && n >= 26:
		return fmt.Sprintf("layer %d, vintage %d, feature %d, seq %d", u32(2), u32(6), u64(10), ^u64(18))
	}
	return fmt.Sprintf("key %x", k)
}
