package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"reflect"
	"slices"

	"github.com/spf13/cobra"

	"plumbline/internal/gate"
	"plumbline/internal/schema"
	"plumbline/templates"
)

// Where editors find the schemas of a project.
const (
	intentSchema    = ".plumbline/schema.json"
	inventorySchema = ".plumbline/inventory.schema.json"
	policySchema    = ".plumbline/policy.schema.json"
)

// schemas gives the schema files of a project; with no tree those of any.
func schemas(tree fs.FS) map[string][]byte {
	var names schema.Names
	if tree != nil {
		names = schema.NamesIn(tree, templates.FS)
	}
	l := schema.Read()
	return map[string][]byte{intentSchema: l.JSONIntent(names), inventorySchema: l.JSONInventory(names), policySchema: schema.JSONFile("policy of a network", policyObject())}
}

// policyObject is what policy.yaml may hold.
func policyObject() *schema.Object { return schema.Of(reflect.TypeFor[gate.Policy](), gate.Source) }

func schemaVerb(e *env) *cobra.Command {
	var project, check bool
	c := &cobra.Command{
		Use:   "schema [intent|inventory|policy]",
		Short: "Print the JSON Schema of files for editors; --project writes it with the names of this network",
		Long: "Editors that know JSON Schema (draft-07) complete and check intent while it is typed. With\n" +
			"--project the schemas are written to " + intentSchema + ", " + inventorySchema + "\nand " + policySchema + ", and\n" +
			"references are one of the names that this network has; --check tells with exit 1 that they\n" +
			"are out of date. What counts is plumbline check: no schema can say all that it sees.",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"intent", "inventory", "policy"},
		RunE: func(_ *cobra.Command, args []string) error {
			if !project {
				if check {
					return fmt.Errorf("--check goes with --project")
				}
				of := map[string]string{"intent": intentSchema, "inventory": inventorySchema, "policy": policySchema}
				_, err := e.out.Write(schemas(nil)[of[append(args, "intent")[0]]])
				return err
			}
			if len(args) > 0 {
				return fmt.Errorf("--project writes all schemas: leave %s out", args[0])
			}
			return e.projectSchemas(check)
		},
	}
	c.Flags().BoolVar(&project, "project", false, "write the schemas of this network, with its names")
	c.Flags().BoolVar(&check, "check", false, "with --project: write nothing, and end with 1 where a schema is out of date")
	return c
}

// projectSchemas brings the schemas of a project up to date, or tells which are not.
func (e *env) projectSchemas(check bool) error {
	tree, err := e.files("")
	if err != nil {
		return err
	}
	made, stale := schemas(tree), false
	for _, file := range slices.Sorted(maps.Keys(made)) {
		if bytes.Equal(e.source(file), made[file]) {
			continue
		}
		stale = true
		if check {
			fmt.Fprintf(e.out, "%s is out of date: plumbline schema --project\n", file)
			continue
		}
		if err := writeFile(filepath.Join(e.dir, file), made[file], 0o644); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "wrote %s\n", file)
	}
	if check && stale {
		return errFindings
	}
	return nil
}
