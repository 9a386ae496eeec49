package geopackage

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"modernc.org/sqlite" // registers the driver
)

// ErrNotGeoPackage reports a file that is no GeoPackage; the text says why.
var ErrNotGeoPackage = errors.New("not a GeoPackage")

// ErrWhichLayer reports a file with several feature tables of which
// Options.Layer names none; the text lists them.
var ErrWhichLayer = errors.New("which layer?")

// maxValue bounds the bytes of one value: a geometry of 16 million vertices.
const maxValue = 256 << 20

// checkFile reads the SQLite header itself, for errors that say what is wrong.
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%w: %s is a folder", ErrNotGeoPackage, path)
	}
	var b [100]byte
	if n, err := io.ReadFull(f, b[:]); err != nil {
		return fmt.Errorf("%w: %s has %d bytes, an SQLite header has %d", ErrNotGeoPackage, path, n, len(b))
	}
	if string(b[:16]) != "SQLite format 3\x00" {
		return fmt.Errorf("%w: %s is no SQLite database, it begins with %.16q", ErrNotGeoPackage, path, b[:16])
	}
	id := binary.BigEndian.Uint32(b[68:])
	if !slices.Contains([]string{"GPKG", "GP10", "GP11"}, string(b[68:72])) {
		return fmt.Errorf("%w: %s is an SQLite database of another kind (application id 0x%08x, a GeoPackage has 0x47504b47)", ErrNotGeoPackage, path, id)
	}
	size := int64(binary.BigEndian.Uint16(b[16:]))
	if size == 1 {
		size = 1 << 16
	}
	// The page count is valid where the two change counters agree.
	if pages := int64(binary.BigEndian.Uint32(b[28:])); bytes.Equal(b[24:28], b[92:96]) && pages*size > info.Size() {
		return fmt.Errorf("%s is cut short: %d bytes of %d", path, info.Size(), pages*size)
	}
	return checkPending(path)
}

// checkPending refuses a file whose last changes are in a file beside it.
func checkPending(path string) error {
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return fmt.Errorf("%s has changes that are still in %s-wal: close the program that edits it, then try again", path, filepath.Base(path))
	}
	f, err := os.Open(path + "-journal")
	if err != nil {
		return nil
	}
	defer f.Close()
	var magic [8]byte
	if _, err := io.ReadFull(f, magic[:]); err == nil && string(magic[:]) == "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" {
		return fmt.Errorf("%s has an unfinished transaction in %s-journal: open it in the program that edits it, then try again", path, filepath.Base(path))
	}
	return nil
}

// file is an open GeoPackage with one connection.
type file struct {
	db   *sql.DB
	conn *sql.Conn
}

func openFile(path string) (*file, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if abs = filepath.ToSlash(abs); !strings.HasPrefix(abs, "/") {
		abs = "/" + abs // a drive letter
	}
	dsn := "file://" + (&url.URL{Path: abs}).EscapedPath() +
		"?mode=ro&immutable=1&_pragma=query_only(1)&_pragma=trusted_schema(0)&_pragma=cell_size_check(1)"
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	f := &file{db: db}
	if f.conn, err = db.Conn(context.Background()); err == nil {
		const limitLength = 0 // SQLITE_LIMIT_LENGTH
		_, err = sqlite.Limit(f.conn, limitLength, maxValue)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.close())
	}
	return f, nil
}

func (f *file) close() error {
	var err error
	if f.conn != nil {
		err = f.conn.Close()
	}
	return errors.Join(err, f.db.Close())
}

func (f *file) query(query string, args ...any) (*sql.Rows, error) {
	return f.conn.QueryContext(context.Background(), query, args...)
}

// queryRow scans one row; found is false when there is none.
func (f *file) queryRow(dest []any, query string, args ...any) (found bool, err error) {
	err = f.conn.QueryRowContext(context.Background(), query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// isTable reports whether a name is an ordinary table.
func (f *file) isTable(name string) (bool, error) {
	var text sql.NullString
	found, err := f.queryRow([]any{&text}, `SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ? COLLATE NOCASE`, name)
	if err != nil || !found {
		return false, err
	}
	words := strings.Fields(strings.ToUpper(text.String))
	return len(words) > 1 && words[1] != "VIRTUAL", nil
}

// needTables checks the tables that make a GeoPackage.
func (f *file) needTables() error {
	for _, name := range []string{"gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"} {
		ok, err := f.isTable(name)
		if err != nil {
			return fmt.Errorf("damaged: %w", err)
		}
		if !ok {
			return fmt.Errorf("%w: it has no table %s", ErrNotGeoPackage, name)
		}
	}
	return nil
}

// layer is a feature table as the GeoPackage tables describe it.
type layer struct {
	table    string
	geometry string // its geometry column
	srs      int64
}

// maxLayers bounds the lists of a hostile file.
const maxLayers = 1 << 16

// layers lists the feature tables in the order of gpkg_contents.
func (f *file) layers() ([]layer, error) {
	if err := f.needTables(); err != nil {
		return nil, err
	}
	described := map[string]layer{} // by the table's name in lower case
	err := f.each(func(rows *sql.Rows) error {
		var l layer
		if err := rows.Scan(&l.table, &l.geometry, &l.srs); err != nil {
			return err
		}
		described[strings.ToLower(l.table)] = l
		return nil
	}, `SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns LIMIT ?`, maxLayers)
	if err != nil {
		return nil, fmt.Errorf("its list of geometry columns: %w", err)
	}
	var list []layer
	err = f.each(func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		if l, ok := described[strings.ToLower(name)]; ok {
			l.table = name
			list = append(list, l)
		}
		return nil
	}, `SELECT table_name FROM gpkg_contents WHERE data_type = 'features' ORDER BY rowid LIMIT ?`, maxLayers)
	if err != nil {
		return nil, fmt.Errorf("its list of layers: %w", err)
	}
	return list, nil
}

// each calls visit for each row of a query.
func (f *file) each(visit func(*sql.Rows) error, query string, args ...any) error {
	rows, err := f.query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := visit(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// choose returns the layer of a name, the only one for "".
func choose(list []layer, name string) (layer, error) {
	var names []string
	for _, l := range list {
		if name != "" && l.table == name {
			return l, nil
		}
		names = append(names, l.table)
	}
	for _, l := range list {
		if name != "" && strings.EqualFold(l.table, name) {
			return l, nil
		}
	}
	const most = 40
	text := strings.Join(names[:min(most, len(names))], ", ")
	if len(names) > most {
		text += fmt.Sprintf(" and %d more", len(names)-most)
	}
	switch {
	case len(list) == 0:
		return layer{}, errors.New("it has no feature table")
	case name != "":
		return layer{}, fmt.Errorf("%w: there is no feature table %q; it holds: %s", ErrWhichLayer, name, text)
	case len(list) > 1:
		return layer{}, fmt.Errorf("%w: it holds %d feature tables, name one of them: %s", ErrWhichLayer, len(list), text)
	}
	return list[0], nil
}

// crs returns "EPSG:n", else the WKT of the definition, else "".
func (f *file) crs(srs int64) (string, error) {
	var org, definition sql.NullString
	var code sql.NullInt64
	found, err := f.queryRow([]any{&org, &code, &definition},
		`SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?`, srs)
	switch {
	case err != nil:
		return "", fmt.Errorf("its coordinate system %d: %w", srs, err)
	case !found || srs <= 0:
		return "", nil
	case strings.EqualFold(org.String, "EPSG") && code.Int64 > 0:
		return fmt.Sprintf("EPSG:%d", code.Int64), nil
	case strings.EqualFold(strings.TrimSpace(definition.String), "undefined"):
		return "", nil
	}
	return definition.String, nil
}

// Layers lists the feature tables of the GeoPackage at path.
func Layers(path string) ([]string, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	list, err := f.layers()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), f.close())
	}
	var names []string
	for _, l := range list {
		names = append(names, l.table)
	}
	return names, f.close()
}
