package demo

import "fmt"

// Size says how much of a city to make, always on the same territory. Use one
// of Small, Middle, Large and Huge.
type Size struct {
	Name      string
	Parcels   int // land-class parcels, exactly
	Patches   int // change patches of all four batches, exactly
	Approvals int // approvals, about: those that cover patches come in addition
	Rights    int // mining and exploration rights, exactly
	// Spacing is the distance in metres between the vertices of natural borders.
	Spacing float64
	// Far is how many times larger than near the city parcels far from it are.
	Far float64
	// Giants is how many faces go into giant desert parcels, as a share of the parcels.
	Giants float64
}

// Small is a city of 20,000 parcels, most of them around the town.
func Small() Size { return Size{"small", 20_000, 400, 160, 30, 110, 1.5, 0.1} }

// Middle is what a bureau sees: 200,000 parcels and four batches of 1,200 patches.
func Middle() Size { return Size{"city", 200_000, 4_800, 1_600, 140, 80, 1, 0.13} }

// Large has a million parcels.
func Large() Size { return Size{"large", 1_000_000, 20_000, 6_000, 300, 100, 1, 0.14} }

// Huge has five million parcels, a province's worth on the same ground: for
// measuring, not for looking at.
func Huge() Size { return Size{"huge", 5_000_000, 100_000, 30_000, 1_000, 100, 1, 0.14} }

// SizeNamed returns the size of a name.
func SizeNamed(name string) (Size, error) {
	for _, s := range []Size{Small(), Middle(), Large()} {
		if s.Name == name {
			return s, nil
		}
	}
	return Size{}, fmt.Errorf("no city of size %q: there are small, city and large", name)
}
