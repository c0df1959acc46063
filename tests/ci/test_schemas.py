# SPDX-License-Identifier: Apache-2.0
"""The CI files against the services' published schemas: HTX_CI_SCHEMAS names a folder with github-workflow.json and gitlab-ci.json
(docs/ci.md says where they are published). Skipped without: the schemas are others' and are not part of this repository."""
import json
import os
import pathlib
import unittest

from tests.ci import workflows as w

try:
    import jsonschema
except ModuleNotFoundError:
    jsonschema = None
FOLDER = os.environ.get("HTX_CI_SCHEMAS")


@unittest.skipUnless(FOLDER, "HTX_CI_SCHEMAS names no folder with the services' schemas")
@unittest.skipUnless(jsonschema, "python3-jsonschema is absent (apt-get install python3-jsonschema)")
class Schemas(unittest.TestCase):
    def errors(self, schema, doc):
        schema = json.loads(pathlib.Path(FOLDER, schema).read_text(encoding="utf-8"))
        checker = jsonschema.validators.validator_for(schema)
        checker.check_schema(schema)
        return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in checker(schema).iter_errors(doc)]

    def test_github(self):
        for path in w.GITHUB:
            doc = w.load(path.read_text(encoding="utf-8"))
            self.assertEqual(self.errors("github-workflow.json", doc), [], path.name)
            doc["jobs"]["regress"]["run-on"] = "x"
            self.assertTrue(self.errors("github-workflow.json", doc), "a planted error is not found")

    def test_gitlab(self):
        for path in w.GITLAB:
            doc = w.load(path.read_text(encoding="utf-8"))
            self.assertEqual(self.errors("gitlab-ci.json", doc), [], path.name)
            doc["lint"]["script"] = 7
            self.assertTrue(self.errors("gitlab-ci.json", doc), "a planted error is not found")


if __name__ == "__main__":
    unittest.main()
