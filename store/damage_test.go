package store

import "os"

func childDamage(args []string) { os.Exit(3) }
