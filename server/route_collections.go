package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"

	"tuban/engine"
	"tuban/feature"
)

const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// collection describes a layer: what OGC API - Features wants, and the rest of
// the descriptor beside it.
type collection struct {
	ID          feature.LayerID  `json:"id"`
	Title       string           `json:"title"`
	Description string           `json:"description,omitempty"`
	Extent      *extent          `json:"extent,omitempty"`
	ItemType    string           `json:"itemType"`
	CRS         []string         `json:"crs"`
	StorageCRS  string           `json:"storageCrs"`
	Kind        feature.Kind     `json:"kind"`
	Titles      feature.Text     `json:"titles"`
	IDField     string           `json:"id_field,omitempty"`
	ClassField  string           `json:"class_field,omitempty"`
	Classes     []feature.Class  `json:"classes"`
	Fields      []feature.Field  `json:"fields"`
	AreaUnit    feature.AreaUnit `json:"area_unit,omitempty"`
	Sensitivity string           `json:"sensitivity,omitempty"`
	ScopeField  string           `json:"scope_field,omitempty"`
	ValidFrom   string           `json:"valid_from_field,omitempty"`
	ValidTo     string           `json:"valid_to_field,omitempty"`
	MinZoom     int              `json:"min_zoom"`
	MaxZoom     int              `json:"max_zoom"`
	Count       int              `json:"feature_count"`
	Vintage     feature.Vintage  `json:"vintage"`
	Seq         feature.Seq      `json:"seq"` // the commit that last changed the layer
	Links       []link           `json:"links"`
}

type extent struct {
	Spatial struct {
		BBox [][4]float64 `json:"bbox"`
		CRS  string       `json:"crs"`
	} `json:"spatial"`
}

// describe returns the description of a layer.
func (r *request) describe(l *engine.LayerView) collection {
	d := l.Layer()
	c := collection{
		ID: d.ID, Title: title(d), Description: d.Description, ItemType: "feature", CRS: []string{crs84}, StorageCRS: crs84,
		Kind: d.Kind, Titles: d.Title, IDField: d.IDField, ClassField: d.ClassField, Classes: d.Classes, Fields: d.Fields,
		AreaUnit: d.AreaUnit, Sensitivity: d.Sensitivity, ScopeField: d.ScopeField, ValidFrom: d.ValidFrom, ValidTo: d.ValidTo,
		MinZoom: d.MinZoom, MaxZoom: d.MaxZoom, Count: l.Len(), Vintage: l.Vintage(), Seq: l.Changed(),
	}
	if c.Classes == nil {
		c.Classes = []feature.Class{}
	}
	if c.Fields == nil {
		c.Fields = []feature.Field{}
	}
	if b, ok := l.Extent(); ok {
		c.Extent = &extent{}
		c.Extent.Spatial.BBox = [][4]float64{{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}}
		c.Extent.Spatial.CRS = crs84
	}
	base, self := r.baseURL(), r.collectionURL(d.ID)
	c.Links = []link{
		{Href: self, Rel: "self", Type: typeJSON},
		{Href: self + "/items", Rel: "items", Type: typeGeoJSON, Title: "features"},
		{Href: self + "/queryables", Rel: relQueryables, Type: typeSchema, Title: "what filters may name"},
		{Href: self + "/tiles", Rel: relTilesets, Type: typeJSON, Title: "vector tiles"},
		{Href: base + "/mvt/" + string(d.ID) + ".json", Rel: "tilejson", Type: typeJSON, Title: "vector tiles (TileJSON)"},
		{Href: base + "/styles/" + string(d.ID) + ".json", Rel: "stylesheet", Type: "application/vnd.mapbox.style+json", Title: "MapLibre style"},
	}
	return c
}

// title returns what to show for a layer: never "".
func title(d *feature.Layer) string {
	if t := d.Title.Best(); t != "" {
		return t
	}
	return string(d.ID)
}

func (r *request) collectionURL(id feature.LayerID) string {
	return r.baseURL() + "/collections/" + string(id)
}

func (r *request) itemURL(layer feature.LayerID, id feature.ID) string {
	return r.collectionURL(layer) + "/items/" + url.PathEscape(string(id))
}

func routeCollections(r *request) error {
	all := make([]collection, 0, len(r.view.Layers()))
	for _, l := range r.view.Layers() {
		all = append(all, r.describe(l))
	}
	base := r.baseURL()
	return r.writeJSON(http.StatusOK, typeJSON, map[string]any{
		"links": []link{
			{Href: base + "/collections", Rel: "self", Type: typeJSON},
			{Href: base + "/", Rel: "root", Type: typeJSON},
		},
		"seq":         r.view.Seq(),
		"collections": all,
	})
}

func routeCollection(r *request) error {
	l, err := r.layer()
	if err != nil {
		return err
	}
	return r.writeJSON(http.StatusOK, typeJSON, r.describe(l))
}

// routePutCollection makes a layer or replaces its descriptor.
func routePutCollection(r *request) error {
	ctx, cancel := r.deadline()
	defer cancel()
	if err := r.wantType(typeJSON); err != nil {
		return err
	}
	body, err := r.body()
	if err != nil {
		return err
	}
	d, err := parseDescriptor(body, feature.LayerID(r.param("collectionId")))
	if err != nil {
		return err
	}
	_, existed := r.view.Layer(d.ID)
	res, err := r.engine.PutLayer(ctx, r.meta("PUT "+string(r.ctx.URI().PathOriginal())), d)
	if err != nil {
		return err
	}
	r.setSeq(res.Seq)
	l, ok := res.View.Layer(d.ID)
	if !ok {
		return engine.ErrNoLayer // dropped again by a commit of the same group
	}
	status := http.StatusOK
	if !existed {
		status = http.StatusCreated
		r.ctx.Response.Header.Set("Location", r.collectionURL(d.ID))
	}
	return r.writeJSON(status, typeJSON, r.describe(l))
}

// parseDescriptor reads the descriptor of a layer. The id may stand in it, but
// must be the path's; kind is reference and zooms are 0 to 18 unless given.
func parseDescriptor(body []byte, id feature.LayerID) (feature.Layer, error) {
	d := feature.Layer{Kind: feature.KindReference, MaxZoom: feature.MaxZoom}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return d, descriptorProblem(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return d, newProblem(http.StatusBadRequest, "bad-json", "the body goes on after the descriptor")
	}
	if d.ID != "" && d.ID != id {
		return d, newProblem(http.StatusBadRequest, "id-mismatch", "the body's id is %q, the path's %q", d.ID, id).
			with(wrong{Pointer: "/id", Detail: "differs from the path's"})
	}
	d.ID = id
	return d, nil
}

func descriptorProblem(err error) error {
	p := newProblem(http.StatusBadRequest, "bad-json", "the descriptor cannot be read: %v", err)
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		p.with(wrong{Pointer: pointer(e.Field), Detail: "is a JSON " + e.Value})
	}
	return p
}
