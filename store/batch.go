package store

import (
	"fmt"
	"slices"
)

// kv is an entry to write; a nil value deletes the key.
type kv struct{ key, value []byte }

func (e kv) cost() int { return len(e.key) + len(e.value) + entryCost }

// batch collects entries and writes them in as few transactions as they fit in.
// What put took may be written early, final only by commit's last transaction.
// The first error sticks and comes out of commit.
type batch struct {
	db     *DB
	before func() error // called once, before anything is written early
	early  bool         // something was
	kvs    []kv
	finals []kv
	size   int // cost of kvs
	err    error
}

func (db *DB) newBatch() *batch { return &batch{db: db} }

// put adds an entry; key and value are the batch's from now on.
func (b *batch) put(key, value []byte) error {
	if b.err != nil {
		return b.err
	}
	e := kv{key, value}
	if b.size+e.cost() > txnBudget || len(b.kvs) == txnEntries {
		b.spill()
	}
	b.kvs = append(b.kvs, e)
	b.size += e.cost()
	return b.err
}

func (b *batch) delete(key []byte) error { return b.put(key, nil) }

// record adds a record to the last transaction.
func (b *batch) record(key []byte, record any) {
	value, err := sealRecord(key, record)
	if b.err == nil {
		b.err = err
	}
	b.finals = append(b.finals, kv{key, value})
}

// spill writes what put took.
func (b *batch) spill() {
	if b.err == nil && !b.early && b.before != nil {
		b.err = b.before()
	}
	if b.err == nil && len(b.kvs) > 0 {
		b.early = true
		b.err = b.db.write(b.kvs, b.size)
	}
	b.kvs, b.size = b.kvs[:0], 0
}

// commit writes the rest, finals in one transaction.
func (b *batch) commit() error {
	cost := 0
	for _, e := range b.finals {
		cost += e.cost()
	}
	if cost > txnBudget || len(b.finals) > txnEntries {
		return assertion("%d records of %d bytes in one transaction", len(b.finals), cost)
	}
	if b.size+cost > txnBudget || len(b.kvs)+len(b.finals) > txnEntries {
		b.spill()
	}
	if b.err != nil {
		return b.err
	}
	return b.db.write(slices.Concat(b.kvs, b.finals), b.size+cost)
}

// write writes entries in one transaction, durable on return. When Badger fails
// nobody knows what of it is on disk, and the data set takes no more writes.
func (db *DB) write(kvs []kv, size int) error {
	if len(kvs) == 0 {
		return nil
	}
	done, err := db.use()
	if err != nil {
		return err
	}
	defer done()
	if err := db.writable(); err != nil {
		return err
	}
	if err := db.room(size); err != nil {
		return err
	}
	txn := db.badger.NewTransaction(true)
	defer txn.Discard()
	for _, e := range kvs {
		if e.value == nil {
			err = txn.Delete(e.key)
		} else {
			err = txn.Set(e.key, e.value)
		}
		if err != nil { // nothing is written yet
			return fmt.Errorf("store: %s: %w", keyText(e.key), err)
		}
	}
	err = guard(db.dir, func() error { return db.commitTxn(txn) })
	if err != nil {
		broken := &BrokenError{Cause: err}
		db.broken.CompareAndSwap(nil, broken)
		return fmt.Errorf("store: %w", broken)
	}
	return nil
}
