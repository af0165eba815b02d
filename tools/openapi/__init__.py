"""The REST interface as an OpenAPI 3.1 document, made from the contracts and their comments alone.

No generator that was found writes what this interface is: uploads as raw bodies, answers line by line, rules of protovalidate,
and reasons of errors that stand in comments. So it is read from the descriptors here, file by file: `contracts` finds them and
their comments, `rules` and `schemas` turn messages into JSON Schema, `errors` knows who may fail how, `routes` and `operations`
describe the calls, `samples` shows them in use, `document` puts all together.
"""
