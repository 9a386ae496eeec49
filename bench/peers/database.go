package peers

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"tuban/bench"
)

// database is the PostGIS side: a running server with the extensions made, and
// the connection that work is prepared on.
type database struct {
	*cluster
	conn         *pgx.Conn
	geometryType uint32
	versions     []bench.Setting
}

// openDatabase makes the extensions on a running server.
func openDatabase(ctx context.Context, c *cluster) (*database, error) {
	d := &database{cluster: c}
	var err error
	if d.conn, err = c.connect(ctx); err != nil {
		return nil, err
	}
	if _, err := d.conn.Exec(ctx, "create extension postgis"); err != nil {
		return nil, fmt.Errorf("%w\n%w", ErrNoPostGIS, err)
	}
	if err := d.conn.QueryRow(ctx, "select 'geometry'::regtype::oid").Scan(&d.geometryType); err != nil {
		return nil, err
	}
	d.register(d.conn)
	return d, d.readVersions(ctx)
}

func (d *database) readVersions(ctx context.Context) error {
	var pg, postgis, geos, proj string
	err := d.conn.QueryRow(ctx, "select current_setting('server_version'), postgis_lib_version(), postgis_geos_version(), postgis_proj_version()").
		Scan(&pg, &postgis, &geos, &proj)
	proj, _, _ = strings.Cut(proj, " ") // the rest is about its files
	d.versions = []bench.Setting{{Name: "PostgreSQL", Value: pg}, {Name: "PostGIS", Value: postgis}, {Name: "GEOS", Value: geos}, {Name: "PROJ", Value: proj}}
	return err
}

// register makes geometry a type whose values are EWKB.
func (d *database) register(conn *pgx.Conn) {
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "geometry", OID: d.geometryType, Codec: pgtype.ByteaCodec{}})
}

// workers opens connections that have the way's settings and its statement
// prepared under the name "q".
func (d *database) workers(ctx context.Context, n int, w way) (conns []*pgx.Conn, err error) {
	for range n {
		conn, err := d.connect(ctx)
		if err != nil {
			return nil, errors.Join(err, closeAll(conns))
		}
		conns = append(conns, conn)
		d.register(conn)
		for _, s := range w.settings {
			if _, err := conn.Exec(ctx, s); err != nil {
				return nil, errors.Join(fmt.Errorf("%w\n%s", err, s), closeAll(conns))
			}
		}
		if _, err := conn.Prepare(ctx, "q", w.sql); err != nil {
			return nil, errors.Join(fmt.Errorf("%w\n%s", err, w.sql), closeAll(conns))
		}
	}
	return conns, nil
}

// closing is how long a connection may take to say goodbye.
const closing = 5 * time.Second

func closeAll(conns []*pgx.Conn) error {
	ctx, cancel := context.WithTimeout(context.Background(), closing)
	defer cancel()
	var errs []error
	for _, c := range conns {
		errs = append(errs, c.Close(ctx))
	}
	return errors.Join(errs...)
}

// drain runs the prepared statement and reads its rows without decoding them:
// the client's part is to be small. It returns the bytes of the values.
func drain(ctx context.Context, conn *pgx.Conn, args ...any) (size int64, err error) {
	rows, err := conn.Query(ctx, "q", args...)
	if err != nil {
		return 0, err
	}
	for rows.Next() {
		for _, v := range rows.RawValues() {
			size += int64(len(v))
		}
	}
	return size, rows.Err()
}

// exec runs statements one after the other on the connection for preparing.
func (d *database) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if _, err := d.conn.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%w\n%s", err, sql)
		}
	}
	return nil
}

// close says goodbye and ends the server.
func (d *database) close() error { return errors.Join(closeAll([]*pgx.Conn{d.conn}), d.stop()) }
