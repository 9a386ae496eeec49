package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/dgraph-io/badger/v4"
)

const sealLen = 5 // version byte and CRC-32C before every payload

// checksum is CRC-32C over key and payload.
func checksum(key, payload []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli) // cached by hash/crc32
	return crc32.Update(crc32.Update(0, table, key), table, payload)
}

// seal returns a value: version, checksum, payload.
func seal(key, payload []byte) []byte {
	v := make([]byte, sealLen, sealLen+len(payload))
	v[0] = valueVersion
	binary.LittleEndian.PutUint32(v[1:], checksum(key, payload))
	return append(v, payload...)
}

// unseal returns the payload of a value, which it shares.
func unseal(key, value []byte) ([]byte, error) {
	if len(value) < sealLen {
		return nil, corrupt(key, "value of %d bytes", len(value))
	}
	if value[0] != valueVersion {
		return nil, corrupt(key, "value version %d, want %d", value[0], valueVersion)
	}
	payload := value[sealLen:]
	if binary.LittleEndian.Uint32(value[1:]) != checksum(key, payload) {
		return nil, corrupt(key, "checksum does not match")
	}
	return payload, nil
}

// sealRecord returns a record as a value.
func sealRecord(key []byte, record any) ([]byte, error) {
	payload, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("store: encoding %s: %w", keyText(key), err)
	}
	if len(payload) > maxPart {
		return nil, fmt.Errorf("store: %s is %d bytes long, more than %d", keyText(key), len(payload), maxPart)
	}
	return seal(key, payload), nil
}

// unsealRecord reads a record from a value.
func unsealRecord(key, value []byte, record any) error {
	payload, err := unseal(key, value)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(payload, record); err != nil {
		return corrupt(key, "record: %v", err)
	}
	return nil
}

// readRecord reads the record of a key; a missing one is a *CorruptError.
func readRecord(txn *badger.Txn, key []byte, record any) error {
	item, err := txn.Get(key)
	if errors.Is(err, badger.ErrKeyNotFound) {
		return corrupt(key, "missing")
	}
	if err != nil {
		return fmt.Errorf("store: reading %s: %w", keyText(key), err)
	}
	return readItem(item, func(value []byte) error { return unsealRecord(key, value, record) })
}

// readItem hands the value of an item to read; the value is valid only there.
func readItem(item *badger.Item, read func(value []byte) error) error {
	called := false
	err := item.Value(func(value []byte) error {
		called = true
		return read(value)
	})
	if err != nil && !called {
		return corrupt(item.Key(), "value cannot be read: %v", err)
	}
	return err
}
