#!/usr/bin/env bash
# Makes nearest.csv.gz and buffer.csv.gz beside this file: distances and buffers
# by PostGIS. Made once with what make.sh names; it says how to start a server.
#
#   DATA=../../../../shared/data ./make_lookups.sh
#
# Numbers are the places of the features in their files, from 1.
#
# Distances are those on the azimuthal equidistant projection about the point,
# which shows distances from its middle as they are, with edges cut to 1e-5°
# (about 1 m). The last column is ST_Distance of geography, whose nearest places
# are those of a sphere: it is up to 2e-5 too long.
#
# Buffers are made on a transverse Mercator projection about the middle of the
# polygon (quad_segs 24), from edges cut to 1e-5°, and brought back; and, in the
# last column, by ST_Buffer(geography), which takes the UTM zone. Areas are as in
# make.sh.
set -euo pipefail
: "${DATA:?the folder of the shared test data}"
export PGHOST="${PGHOST:-/tmp/pg}" PGPORT="${PGPORT:-5544}" PGUSER=postgres
sql() { psql -qX -v ON_ERROR_STOP=1 "$@"; }

sql -c "create extension if not exists postgis"
sql <<'SQL'
delete from spatial_ref_sys where srid in (990001, 990002);
insert into spatial_ref_sys (srid, proj4text) values
  (990001, '+proj=cea +a=6378137 +rf=298.257222101 +no_defs'),
  (990002, '+proj=longlat +a=6378137 +rf=298.257222101 +no_defs');
create or replace function tuban_area(g geometry) returns double precision language sql immutable parallel safe as $$
  select ST_Area(ST_Transform(ST_SetSRID(ST_Segmentize(ST_SetSRID(g, 0), 1e-5), 990002), 990001)) $$;
create or replace function tuban_buffer(g geometry, metres double precision) returns geometry language plpgsql as $$
declare
  way text := format('+proj=tmerc +lat_0=%s +lon_0=%s +k=1 +a=6378137 +rf=298.257222101 +units=m +no_defs',
    ST_Y(ST_Centroid(ST_Envelope(g))), ST_X(ST_Centroid(ST_Envelope(g))));
begin
  return ST_Transform(ST_Buffer(ST_Transform(ST_SetSRID(ST_Segmentize(ST_SetSRID(g, 0), 1e-5), 990002), way), metres, 'quad_segs=24'), way, 990002);
end $$;
SQL
load() { # table source
  ogr2ogr -f PostgreSQL "PG:host=$PGHOST port=$PGPORT user=$PGUSER dbname=postgres" "${@:2}" -nln "$1" -overwrite \
    -nlt PROMOTE_TO_MULTI -lco GEOMETRY_NAME=geom -lco FID=n -lco LAUNDER=NO -unsetFid -select ""
}
load zoning "$DATA/cadastre/cambridge_CDD_ZoningDistricts.geojson"
load open "$DATA/cadastre/cambridge_RECREATION_OpenSpace.geojson"

echo "lon,lat,feature,metres,geography_m" >nearest.csv
sql -At -F, >>nearest.csv <<'SQL'
do $$ begin perform setseed(0.25); end $$;
create temp table p as select i, -71.17 + 0.12 * random() as lon, 42.34 + 0.08 * random() as lat from generate_series(1, 60) i;
create temp table cut as select n, ST_SetSRID(ST_Segmentize(ST_SetSRID(geom, 0), 1e-5), 990002) as g from open where ST_IsValid(geom);
select lon, lat, n, d, geography from p cross join lateral (
  select n, geography, ST_Distance(ST_MakePoint(0, 0), ST_SetSRID(ST_Transform(g, format('+proj=aeqd +lat_0=%s +lon_0=%s +a=6378137 +rf=298.257222101 +units=m +no_defs', lat, lon)), 0)) as d
  from (select n, g, ST_Distance(ST_SetSRID(ST_MakePoint(lon, lat), 4490)::geography, ST_SetSRID(g, 4490)::geography) as geography
    from cut order by 3 limit 12) near order by 3, 1 limit 5) x order by i, d, n;
SQL
gzip -9nf nearest.csv

echo "feature,buffer_m,area_m2,geography_m2" >buffer.csv
sql -At -F, >>buffer.csv <<'SQL'
select n, b, tuban_area(tuban_buffer(geom, b)), tuban_area(ST_Buffer(ST_SetSRID(geom, 4490)::geography, b, 'quad_segs=24')::geometry)
from zoning cross join unnest(array[1, 50, 2000]::double precision[]) b
where n % 5 = 0 and ST_IsValid(geom) order by n, b;
SQL
gzip -9nf buffer.csv
