#!/usr/bin/env bash
# Makes the fixtures *.csv.gz beside this file: overlap areas by PostGIS (GEOS),
# in m² on the CGCS2000 ellipsoid with edges straight in longitude and latitude.
#
# Made once with PostgreSQL 15, PostGIS 3.3.2, GEOS 3.11.1, PROJ 9.1.1, GDAL 3.6.2:
#   initdb -D /tmp/pg/data -A trust
#   pg_ctl -D /tmp/pg/data -o '-p 5544 -k /tmp/pg' start
#   DATA=../../../../shared/data ./make.sh
#
# Numbers are the places of the features in their files, from 1. The area is
# that of ST_Intersection in the lon/lat plane, its edges cut to at most 1e-5°
# (about 1 m), on the cylindrical equal-area projection of the same ellipsoid:
# exact but for the square of the pieces' length. Invalid input is made valid
# first (ST_MakeValid: even-odd).
set -euo pipefail
: "${DATA:?the folder of the shared test data}"
export PGHOST=/tmp/pg PGPORT=5544 PGUSER=postgres
sql() { psql -qX -v ON_ERROR_STOP=1 "$@"; }

sql -c "create extension if not exists postgis"
sql <<'SQL'
delete from spatial_ref_sys where srid in (990001, 990002);
insert into spatial_ref_sys (srid, proj4text) values
  (990001, '+proj=cea +a=6378137 +rf=298.257222101 +no_defs'),
  (990002, '+proj=longlat +a=6378137 +rf=298.257222101 +no_defs');
create or replace function tuban_area(g geometry) returns double precision language sql immutable parallel safe as $$
  select ST_Area(ST_Transform(ST_SetSRID(ST_Segmentize(ST_SetSRID(g, 0), 1e-5), 990002), 990001)) $$;
SQL

load() { # table source [layer]
  ogr2ogr -f PostgreSQL "PG:host=$PGHOST port=$PGPORT user=$PGUSER dbname=postgres" "${@:2}" -nln "$1" -overwrite \
    -nlt PROMOTE_TO_MULTI -lco GEOMETRY_NAME=geom -lco FID=n -lco LAUNDER=NO -unsetFid -select ""
  sql -c "update $1 set geom = ST_Multi(ST_CollectionExtract(ST_MakeValid(geom), 3)) where not ST_IsValid(geom)"
  sql -c "analyze $1"
}
load zoning "$DATA/cadastre/cambridge_CDD_ZoningDistricts.geojson"
load parcels "/vsizip/$DATA/cadastre/cambridge_parcels_fy2014.shp.zip"
load buildings "$DATA/osm/liechtenstein_20130803.gpkg" building
load landuse "$DATA/osm/liechtenstein_20211028.gpkg" landuse

pairs() { # file query-table layer-table
  echo "query,feature,area_m2" >"$1.csv"
  sql -At -F, -c "
    with p as (
      select q.n as query, f.n as feature, tuban_area(ST_Intersection(q.geom, f.geom)) as area
      from $2 q join $3 f on ST_Intersects(q.geom, f.geom))
    select query, feature, area from p where area > 0 order by query, feature" >>"$1.csv"
  gzip -9nf "$1.csv"
}
pairs cambridge_zoning_x_parcels_fy2014 zoning parcels
pairs liechtenstein_buildings_2013_x_landuse_2021 buildings landuse
