// Made by scripts/embed_assets.py from the files of this folder. Do not edit.
#include "server/assets/assets.h"

namespace streamflow::server::assets {

// openapi.json
const std::string_view kOpenapiJson =
    R"asset({
 "openapi": "3.1.0",
 "info": {
  "title": "StreamFlow HTTP API",
  "version": "0.1.0",
  "summary": "Write, query and look after time series.",
  "description": "Errors of routes under /api/v1 are RFC 9457 problem details; the InfluxDB routes answer in InfluxDB's own shapes. Every answer carries X-Request-Id.",
  "license": {
   "name": "Apache-2.0",
   "identifier": "Apache-2.0"
  }
 },
 "servers": [
  {
   "url": "/",
   "description": "this server"
  }
 ],
 "security": [
  {
   "bearer": []
  },
  {
   "token": []
  },
  {
   "basic": []
  },
  {}
 ],
 "tags": [
  {
   "name": "Write",
   "description": "Rows in."
  },
  {
   "name": "Query",
   "description": "SQL, results out."
  },
  {
   "name": "Keys",
   "description": "Who may call."
  },
  {
   "name": "Operate",
   "description": "Health, metrics, upkeep."
  },
  {
   "name": "InfluxDB",
   "description": "What InfluxDB's agents and libraries ask. Also under the prefix /influx."
  },
  {
   "name": "Pages",
   "description": "For people."
  }
 ],
 "paths": {
  "/api/v1/write": {
   "post": {
    "operationId": "write",
    "tags": [
     "Write"
    ],
    "summary": "Write line protocol",
    "description": "One row a line. Good lines are stored even when others are not; the answer lists those that were not. It comes when the rows are on disk.",
    "parameters": [
     {
      "name": "precision",
      "in": "query",
      "description": "Unit of the timestamps.",
      "required": false,
      "schema": {
       "type": "string",
       "enum": [
        "ns",
        "us",
        "ms",
        "s",
        "m",
        "h"
       ],
       "default": "ns"
      }
     },
     {
      "name": "duplicates",
      "in": "query",
      "description": "What tables that this request creates do with rows of one series and time: merge their fields, keep the last, or keep all.",
      "required": false,
      "schema": {
       "type": "string",
       "enum": [
        "merge",
        "last",
        "keep"
       ],
       "default": "merge"
      }
     },
     {
      "$ref": "#/components/parameters/Project"
     },
     {
      "$ref": "#/components/parameters/ProjectHeader"
     },
     {
      "$ref": "#/components/parameters/ContentEncoding"
     },
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "text/plain": {
       "schema": {
        "type": "string"
       },
       "example": "cpu,host=a usage=42.5 1700000000000000000\n"
      }
     }
    },
    "responses": {
     "200": {
      "description": "Stored, but for the lines that `rejected` lists.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "X-StreamFlow-Position": {
        "$ref": "#/components/headers/Position"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/WriteReceipt"
        },
        "example": {
         "rows": 1,
         "points": 1,
         "rejected_count": 0,
         "rejected": [],
         "duplicate": false,
         "position": "0:17"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/BadRequest"
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "413": {
      "$ref": "#/components/responses/TooLarge"
     },
     "415": {
      "$ref": "#/components/responses/UnsupportedMediaType"
     },
     "422": {
      "$ref": "#/components/responses/Unsupported"
     },
     "429": {
      "$ref": "#/components/responses/Overloaded"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     }
    }
   }
  },
  "/api/v1/write/arrow": {
   "post": {
    "operationId": "writeArrow",
    "tags": [
     "Write"
    ],
    "summary": "Write an Arrow IPC stream",
    "description": "One stream: a schema, dictionaries, record batches (LZ4_FRAME and ZSTD buffers too). Good rows are stored even when others are not; the answer lists those that were not by their number, from 0. It comes when the rows are on disk.",
    "parameters": [
     {
      "name": "table",
      "in": "query",
      "description": "The table to write to; it is made by its first row.",
      "required": true,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "tags",
      "in": "query",
      "description": "Columns that are tags, separated by commas. Without it: dictionary columns of text, and text columns that the stored table has as tags.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "fields",
      "in": "query",
      "description": "Dictionary columns that are fields even so, separated by commas.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "time",
      "in": "query",
      "description": "The column of the rows' times: a timestamp of any unit, date64, or int64 nanoseconds. Without it: the column `time`, else the only timestamp column.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "duplicates",
      "in": "query",
      "description": "What tables that this request creates do with rows of one series and time: merge their fields, keep the last, or keep all.",
      "required": false,
      "schema": {
       "type": "string",
       "enum": [
        "merge",
        "last",
        "keep"
       ],
       "default": "merge"
      }
     },
     {
      "$ref": "#/components/parameters/Project"
     },
     {
      "$ref": "#/components/parameters/ProjectHeader"
     },
     {
      "$ref": "#/components/parameters/ContentEncoding"
     },
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "application/vnd.apache.arrow.stream": {
       "schema": {
        "type": "string",
        "format": "binary"
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "Stored, but for the rows that `rejected` lists.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "X-StreamFlow-Position": {
        "$ref": "#/components/headers/Position"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/ArrowReceipt"
        },
        "example": {
         "rows": 1,
         "points": 1,
         "rejected_count": 0,
         "rejected": [],
         "duplicate": false,
         "position": "0:17"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/BadRequest"
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "413": {
      "$ref": "#/components/responses/TooLarge"
     },
     "415": {
      "$ref": "#/components/responses/UnsupportedMediaType"
     },
     "422": {
      "$ref": "#/components/responses/Unsupported"
     },
     "429": {
      "$ref": "#/components/responses/Overloaded"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     }
    }
   }
  },
  "/api/v1/sql": {
   "post": {
    "operationId": "query",
    "tags": [
     "Query"
    ],
    "summary": "Run one SQL statement",
    "description": "The result is streamed. An error after the first rows ends a JSON result with a member `error`; CSV and Arrow results are cut off: their chunked body lacks its end. A statement is cancelled when its client disconnects.",
    "parameters": [
     {
      "$ref": "#/components/parameters/Project"
     },
)asset"
    R"asset(     {
      "$ref": "#/components/parameters/ProjectHeader"
     },
     {
      "$ref": "#/components/parameters/Accept"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {
        "$ref": "#/components/schemas/SqlRequest"
       },
       "example": {
        "query": "SELECT * FROM cpu WHERE host = ? AND time > now() - INTERVAL '5 minutes'",
        "params": [
         "a"
        ]
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "The result.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/SqlResult"
        },
        "example": {
         "columns": [
          {
           "name": "time",
           "type": "TIMESTAMP_NS"
          },
          {
           "name": "usage",
           "type": "DOUBLE"
          }
         ],
         "rows": [
          [
           "2023-11-14T22:13:20.000000000Z",
           42.5
          ]
         ],
         "row_count": 1,
         "elapsed_ms": 0.8
        }
       },
       "text/csv": {
        "schema": {
         "type": "string"
        },
        "example": "time,usage\n2023-11-14T22:13:20.000000000Z,42.5\n"
       },
       "application/vnd.apache.arrow.stream": {
        "schema": {
         "type": "string",
         "format": "binary"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/BadRequest"
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "406": {
      "$ref": "#/components/responses/NotAcceptable"
     },
     "413": {
      "$ref": "#/components/responses/TooLarge"
     },
     "422": {
      "$ref": "#/components/responses/Unsupported"
     },
     "429": {
      "$ref": "#/components/responses/Overloaded"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     },
     "504": {
      "$ref": "#/components/responses/Timeout"
     }
    }
   },
   "get": {
    "operationId": "queryByAddress",
    "tags": [
     "Query"
    ],
    "summary": "Run one SQL statement given in the address",
    "description": "For a browser's address bar and simple tools; otherwise as POST.",
    "parameters": [
     {
      "name": "query",
      "in": "query",
      "description": "One SQL statement.",
      "required": true,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "format",
      "in": "query",
      "description": "Instead of Accept.",
      "required": false,
      "schema": {
       "type": "string",
       "enum": [
        "json",
        "csv",
        "arrow"
       ]
      }
     },
     {
      "name": "timeout_ms",
      "in": "query",
      "description": "At most the server's limit.",
      "required": false,
      "schema": {
       "type": "integer",
       "minimum": 1
      }
     },
     {
      "$ref": "#/components/parameters/Project"
     },
     {
      "$ref": "#/components/parameters/ProjectHeader"
     },
     {
      "$ref": "#/components/parameters/Accept"
     }
    ],
    "responses": {
     "200": {
      "description": "The result.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/SqlResult"
        },
        "example": {
         "columns": [
          {
           "name": "time",
           "type": "TIMESTAMP_NS"
          },
          {
           "name": "usage",
           "type": "DOUBLE"
          }
         ],
         "rows": [
          [
           "2023-11-14T22:13:20.000000000Z",
           42.5
          ]
         ],
         "row_count": 1,
         "elapsed_ms": 0.8
        }
       },
       "text/csv": {
        "schema": {
         "type": "string"
        },
        "example": "time,usage\n2023-11-14T22:13:20.000000000Z,42.5\n"
       },
       "application/vnd.apache.arrow.stream": {
        "schema": {
         "type": "string",
         "format": "binary"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/BadRequest"
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "406": {
      "$ref": "#/components/responses/NotAcceptable"
     },
     "413": {
      "$ref": "#/components/responses/TooLarge"
     },
     "422": {
      "$ref": "#/components/responses/Unsupported"
     },
     "429": {
      "$ref": "#/components/responses/Overloaded"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     },
     "504": {
      "$ref": "#/components/responses/Timeout"
     }
    }
   }
  },
  "/api/v1/chart": {
   "post": {
    "operationId": "chart",
    "tags": [
     "Query"
    ],
    "summary": "Draw one SQL statement",
    "description": "Condenses the statement's rows, while they stream, to what `width` pixels can show: the answer is bounded however many rows there are. Frames come unless `Accept` prefers JSON.",
    "parameters": [
     {
      "$ref": "#/components/parameters/Project"
     },
     {
      "$ref": "#/components/parameters/ProjectHeader"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {
        "$ref": "#/components/schemas/ChartRequest"
       },
       "example": {
        "query": "SELECT time, host, usage FROM cpu",
        "split_by": "host",
        "from": "2026-01-31T00:00:00Z",
        "to": "2026-02-01T00:00:00Z",
        "width": 1200
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "The picture.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/vnd.streamflow.frames": {
        "schema": {
         "type": "string",
         "format": "binary",
         "description": "docs/format/column-frame.md"
        }
       },
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/ChartResult"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/BadRequest"
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "406": {
      "$ref": "#/components/responses/NotAcceptable"
     },
     "413": {
      "$ref": "#/components/responses/TooLarge"
     },
     "422": {
      "$ref": "#/components/responses/Unsupported"
     },
     "429": {
      "$ref": "#/components/responses/Overloaded"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     },
     "504": {
      "$ref": "#/components/responses/Timeout"
     }
    }
   }
  },
  "/api/v1/keys": {
   "get": {
    "operationId": "listKeys",
    "tags": [
     "Keys"
    ],
    "summary": "List API keys",
    "description": "Those in the caller's scope, revoked ones included.",
    "responses": {
     "200": {
      "description": "The keys.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": [
          "keys"
         ],
         "properties": {
          "keys": {
           "type": "array",
           "items": {
            "$ref": "#/components/schemas/Key"
           }
          }
         }
        }
       }
      }
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     }
    }
   },
   "post": {
    "operationId": "createKey",
    "tags": [
     "Keys"
    ],
    "summary": "Create an API key",
    "description": "The answer holds the token: it is shown this once. The first key turns authentication on. A key is never broader than its creator's.",
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {
        "$ref": "#/components/schemas/NewKey"
       },
       "example": {
        "name": "gateway",
        "project": "plant",
        "role": "writer"
       }
      }
     }
    },
    "responses": {
     "201": {
      "description": "The key.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "Location": {
        "description": "The key's address.",
        "schema": {
         "type": "string"
        }
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/CreatedKey"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/BadRequest"
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "413": {
      "$ref": "#/components/responses/TooLarge"
     },
     "415": {
      "$ref": "#/components/responses/UnsupportedMediaType"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     }
    }
   }
  },
  "/api/v1/keys/{id}": {
   "delete": {
    "operationId": "revokeKey",
    "tags": [
     "Keys"
    ],
    "summary": "Revoke an API key",
    "parameters": [
     {
      "name": "id",
      "in": "path",
      "required": true,
      "description": "The key's id.",
      "schema)asset"
    R"asset(": {
       "type": "string"
      }
     }
    ],
    "responses": {
     "204": {
      "description": "Revoked, or was already.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      }
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "404": {
      "$ref": "#/components/responses/NotFound"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     }
    }
   }
  },
  "/api/v1/flush": {
   "post": {
    "operationId": "flush",
    "tags": [
     "Operate"
    ],
    "summary": "Write memory to segments now",
    "description": "Returns when it is done. Rows are durable without it. Needs an admin key that is not limited to a project.",
    "responses": {
     "204": {
      "description": "Done.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      }
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     },
     "500": {
      "$ref": "#/components/responses/Failed"
     },
     "503": {
      "$ref": "#/components/responses/Unavailable"
     }
    }
   }
  },
  "/metrics": {
   "get": {
    "operationId": "metrics",
    "tags": [
     "Operate"
    ],
    "summary":)asset"
    R"asset( "Prometheus metrics",
    "responses": {
     "200": {
      "description": "Text exposition format 0.0.4.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "text/plain": {
        "schema": {
         "type": "string"
        }
       }
      }
     },
     "401": {
      "$ref": "#/components/responses/Unauthenticated"
     },
     "403": {
      "$ref": "#/components/responses/Forbidden"
     }
    }
   }
  },
  "/health": {
   "get": {
    "operationId": "health",
    "tags": [
     "Operate"
    ],
    "summary": "Is it alive?",
    "security": [],
    "responses": {
     "200": {
      "description": "It is.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/Health"
        },
        "example": {
         "name": "streamflow",
         "message": "ready for queries and writes",
         "status": "pass",
         "checks": [],
         "version": "0.1.0"
        }
       }
      }
     },
     "503": {
      "description": "Something is wrong; `message` says what.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/Health"
        }
       }
      }
     }
    }
   }
  },
  "/ready": {
   "get": {
    "operationId": "ready",
    "tags": [
     "Operate"
    ],
    "summary": "Does it serve?",
    "security": [],
    "responses": {
     "200": {
      "description": "It does.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": [
          "status",
          "started",
          "up"
         ],
         "properties": {
          "status": {
           "const": "ready"
          },
          "started": {
           "type": "string",
           "format": "date-time"
          },
          "up": {
           "type": "string"
          }
         }
        },
        "example": {
         "status": "ready",
         "started": "2026-01-31T12:00:00Z",
         "up": "1h2m3s"
        }
       }
      }
     },
     "503": {
      "description": "Not now.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "Retry-After": {
        "$ref": "#/components/headers/RetryAfter"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "required": [
          "status",
          "message"
         ],
         "properties": {
          "status": {
           "const": "unavailable"
          },
          "message": {
           "type": "string"
          }
         }
        }
       }
      }
     }
    }
   }
  },
  "/ping": {
   "get": {
    "operationId": "ping",
    "tags": [
     "InfluxDB"
    ],
    "summary": "Is it there?",
    "security": [],
    "parameters": [
     {
      "name": "verbose",
      "in": "query",
      "description": "`true`: 200 with the version.",
      "required": false,
      "schema": {
       "type": "string"
      }
     }
    ],
    "responses": {
     "200": {
      "description": "With verbose=true.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "properties": {
          "version": {
           "type": "string"
          }
         }
        }
       }
      }
     },
     "204": {
      "description": "It is.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "X-Influxdb-Version": {
        "description": "StreamFlow's version.",
        "schema": {
         "type": "string"
        }
       },
       "X-Influxdb-Build": {
        "description": "Always StreamFlow.",
        "schema": {
         "type": "string"
        }
       }
      }
     }
    }
   }
  },
  "/api/v2/write": {
   "post": {
    "operationId": "influxV2Write",
    "tags": [
     "InfluxDB"
    ],
    "summary": "Write line protocol (InfluxDB v2)",
    "parameters": [
     {
      "name": "bucket",
      "in": "query",
      "description": "A project, default `default`; what follows a slash is ignored.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "org",
      "in": "query",
      "description": "Must be the key's organization when given.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "precision",
      "in": "query",
      "description": "Unit of the timestamps.",
      "required": false,
      "schema": {
       "type": "string",
       "enum": [
        "ns",
        "us",
        "ms",
        "s"
       ],
       "default": "ns"
      }
     },
     {
      "$ref": "#/components/parameters/ContentEncoding"
     },
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "text/plain": {
       "schema": {
        "type": "string"
       },
       "example": "cpu,host=a usage=42.5 1700000000000000000\n"
      }
     }
    },
    "responses": {
     "204": {
      "description": "Stored.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "X-StreamFlow-Position": {
        "$ref": "#/components/headers/Position"
       }
      }
     },
     "400": {
      "description": "Lines were dropped (`partial write`, the others are stored), or the request is wrong.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "401": {
      "description": "No valid key.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schem)asset"
    R"asset(as/InfluxV2Error"
        }
       }
      }
     },
     "403": {
      "description": "Not allowed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "404": {
      "description": "Another organization.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "413": {
      "description": "Too large.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "415": {
      "description": "Unknown Content-Encoding.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "422": {
      "description": "Well-formed lines do not fit what is stored; the others are stored.",
      "headers": {
       "X-Request-)asset"
    R"asset(Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "429": {
      "description": "Overloaded.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "Retry-After": {
        "$ref": "#/components/headers/RetryAfter"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "500": {
      "description": "Failed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "503": {
      "description": "Not now.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "Retry-After": {
        "$ref": "#/components/headers/RetryAfter"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     }
    }
   }
  },
  "/write": {
   "post": {
    "operationId": "influxV1Write",
    "tags": [
     "InfluxDB"
    ],
    "summary": "Write line protocol (InfluxDB v1)",
    "security": [
     {
      "bearer": []
     },
     {
      "token": []
     },
     {
      "basic": []
     },
     {
      "password": []
     },
     {}
    ],
    "parameters": [
     {
      "name": "db",
      "in": "query",
      "description": "A project or organization/project, default `default`.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "precision",
      "in": "query",
      "description": "Unit of the timestamps.",
      "required": false,
      "schema": {
       "type": "string",
       "enum": [
        "n",
        "ns",
        "u",
        "us",
        "ms",
        "s",
        "m",
        "h"
       ],
       "default": "ns"
      }
     },
     {
      "name": "u",
      "in": "query",
      "description": "Ignored.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "$ref": "#/components/parameters/ContentEncoding"
     },
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "text/plain": {
       "schema": {
        "type": "string"
       },
       "example": "cpu,host=a usage=42.5 1700000000000000000\n"
      }
     }
    },
    "responses": {
     "204": {
      "description": "Stored.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "X-StreamFlow-Position": {
        "$ref": "#/components/headers/Position"
       }
      }
     },
     "400": {
      "description": "Lines were dropped (`partial write`, the others are stored), or the request is wrong.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "401": {
      "description": "No valid key.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "403": {
      "description": "Not allowed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "413": {
      "description": "Too large.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "415": {
      "description": "Unknown Content-Encoding.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "500": {
      "description": "Failed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "503": {
      "description": "Overloaded, or not now: this status is the one that these clients retry.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       },
       "Retry-After": {
        "$ref": "#/components/headers/RetryAfter"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     }
    }
   }
  },
  "/query": {
   "get": {
    "operationId": "influxV1Query",
    "tags": [
     "InfluxDB"
    ],
    "summary": "Answer what agents ask in InfluxQL",
    "description": "CREATE DATABASE, SHOW DATABASES, SHOW MEASUREMENTS, SHOW RETENTION POLICIES. To read data use SQL.",
    "security": [
     {
      "bearer": []
     },
     {
      "token": []
     },
     {
      "basic": []
     },
     {
      "password": []
     },
     {}
    ],
    "parameters": [
     {
      "name": "q",
      "in": "query",
      "description": "The statement.",
      "required": true,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "db",
      "in": "query",
      "description": "A project.",
      "required": false,
      "schema": {
       "type": "string"
      }
     }
    ],
    "responses": {
     "200": {
      "description": "The result, or the statement's error.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/he)asset"
    R"asset(aders/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "properties": {
          "results": {
           "type": "array",
           "items": {
            "type": "object"
           }
          }
         }
        }
       }
      }
     },
     "400": {
      "description": "Not InfluxQL.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "401": {
      "description": "No valid key.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "403": {
      "description": "Not allowed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     }
    }
   },
   "post": {
    "operationId": "influxV1QueryByForm",
    "tags": [
     "InfluxDB"
    ],
    "summary": "As GET, from a form",
    "security": [
     {
      "bearer": []
     },
     {
     )asset"
    R"asset( "token": []
     },
     {
      "basic": []
     },
     {
      "password": []
     },
     {}
    ],
    "parameters": [
     {
      "name": "db",
      "in": "query",
      "description": "A project.",
      "required": false,
      "schema": {
       "type": "string"
      }
     }
    ],
    "requestBody": {
     "content": {
      "application/x-www-form-urlencoded": {
       "schema": {
        "type": "object",
        "properties": {
         "q": {
          "type": "string"
         }
        }
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "The result, or the statement's error.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "properties": {
          "results": {
           "type": "array",
           "items": {
            "type": "object"
           }
          }
         }
        }
       }
      }
     },
     "400": {
      "description": "Not InfluxQL.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "401": {
      "description": "No valid key.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "403": {
      "description": "Not allowed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "413": {
      "description": "Too large.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     },
     "415": {
      "description": "The body has a Content-Encoding.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV1Error"
        }
       }
      }
     }
    }
   }
  },
  "/api/v2/buckets": {
   "get": {
    "operationId": "influxBuckets",
    "tags": [
     "InfluxDB"
    ],
    "summary": "Look buckets up",
    "description": "A name that the caller may use is always found.",
    "parameters": [
     {
      "name": "name",
      "in": "query",
      "description": "A bucket's name.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "id",
      "in": "query",
      "description": "A bucket's id.",
      "required": false,
      "schema": {
       "type": "string"
      }
     },
     {
      "name": "org",
      "in": "query",
      "description": "Must be the key's organization when given.",
      "required": false,
      "schema": {
       "type": "string"
      }
     }
    ],
    "responses": {
     "200": {
      "description": "The buckets.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "properties": {
          "buckets": {
           "type": "array",
           "items": {
            "$ref": "#/components/schemas/Bucket"
           }
          }
         }
        }
       }
      }
     },
     "401": {
      "description": "No valid key.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "403": {
      "description": "Not allowed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "404": {
      "description": "Another organization.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     }
    }
   },
   "post": {
    "operationId": "influxCreateBucket",
    "tags": [
     "InfluxDB"
    ],
    "summary": "Create a bucket",
    "description": "Projects appear with their first row: this only checks that the caller may write there.",
    "requestBody": {
     "required": true,
     "content": {
      "application/json": {
       "schema": {
        "type": "object",
        "required": [
         "name"
        ],
        "properties": {
         "name": {
          "type": "string"
         }
        }
       },
       "example": {
        "name": "plant"
       }
      }
     }
    },
    "responses": {
     "201": {
      "description": "The bucket.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/Bucket"
        }
       }
      }
     },
     "400": {
      "description": "No name.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "401": {
      "description": "No valid key.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "403": {
      )asset"
    R"asset("description": "Not allowed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "413": {
      "description": "Too large.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "415": {
      "description": "The body has a Content-Encoding.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     }
    }
   }
  },
  "/api/v2/orgs": {
   "get": {
    "operationId": "influxOrgs",
    "tags": [
     "InfluxDB"
    ],
    "summary": "Look organizations up",
    "parameters": [
     {
      "name": "org",
      "in": "query",
      "description": "An organization's name.",
      "required": false,
      "schema": {
       "type": "string"
      }
     }
    ],
    "responses": {
     "200": {
      "description": "The organizations.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
     )asset"
    R"asset(  }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object",
         "properties": {
          "orgs": {
           "type": "array",
           "items": {
            "type": "object",
            "properties": {
             "id": {
              "type": "string"
             },
             "name": {
              "type": "string"
             }
            }
           }
          }
         }
        }
       }
      }
     },
     "401": {
      "description": "No valid key.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "403": {
      "description": "Not allowed.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     },
     "404": {
      "description": "Another organization.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "$ref": "#/components/schemas/InfluxV2Error"
        }
       }
      }
     }
    }
   }
  },
  "/openapi.json": {
   "get": {
    "operationId": "openapi",
    "tags": [
     "Pages"
    ],
    "summary": "This document",
    "security": [],
    "responses": {
     "200": {
      "description": "OpenAPI 3.1.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "application/json": {
        "schema": {
         "type": "object"
        }
       }
      }
     }
    }
   }
  },
  "/docs": {
   "get": {
    "operationId": "docs",
    "tags": [
     "Pages"
    ],
    "summary": "This document, to browse",
    "security": [],
    "responses": {
     "200": {
      "description": "HTML.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "text/html": {
        "schema": {
         "type": "string"
        }
       }
      }
     }
    }
   }
  },
  "/": {
   "get": {
    "operationId": "landing",
    "tags": [
     "Pages"
    ],
    "summary": "Where to start",
    "security": [],
    "responses": {
     "200": {
      "description": "HTML.",
      "headers": {
       "X-Request-Id": {
        "$ref": "#/components/headers/RequestId"
       }
      },
      "content": {
       "text/html": {
        "schema": {
         "type": "string"
        }
       }
      }
     }
    }
   }
  }
 },
 "components": {
  "securitySchemes": {
   "bearer": {
    "type": "http",
    "scheme": "bearer",
    "description": "`Authorization: Bearer sfk_…`. Without any key, and listening on this machine alone, the server asks for none."
   },
   "token": {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "`Authorization: Token sfk_…`, as InfluxDB v2's clients send it."
   },
   "basic": {
    "type": "http",
    "scheme": "basic",
    "description": "The password is the key; the user is ignored."
   },
   "password": {
    "type": "apiKey",
    "in": "query",
    "name": "p",
    "description": "InfluxDB v1's `?u=&p=`: p is the key."
   }
  },
  "headers": {
   "RequestId": {
    "description": "Names the request in the server's log; the caller's own X-Request-Id when it sent one.",
    "schema": {
     "type": "string"
    }
   },
   "RetryAfter": {
    "description": "Seconds to wait.",
    "schema": {
     "type": "integer",
     "minimum": 0
    }
   },
   "Position": {
    "description": "Opaque; a read that waits for it sees these rows.",
    "schema": {
     "type": "string"
    }
   }
  },
  "parameters": {
   "Project": {
    "name": "project",
    "in": "query",
    "description": "`project` or `organization/project`; default: the key's, else `default`.",
    "schema": {
     "type": "string"
    }
   },
   "ProjectHeader": {
    "name": "X-StreamFlow-Project",
    "in": "header",
    "description": "As the parameter `project`.",
    "schema": {
     "type": "string"
    }
   },
   "ContentEncoding": {
    "name": "Content-Encoding",
    "in": "header",
    "schema": {
     "type": "string",
     "enum": [
      "identity",
      "gzip",
      "deflate",
      "zstd"
     ]
    }
   },
   "IdempotencyKey": {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A retry with the same key is stored once. `<producer>/<epoch>/<sequence>` for a stream of writes (sequence 1, 2, … in order), anything else for a single one.",
    "schema": {
     "type": "string",
     "maxLength": 128
    },
    "examples": {
     "stream": {
      "value": "gateway-7/1/42"
     },
     "single": {
      "value": "0b6f2f4e-0f0b-4b8e-9f6a-3f0c2a1d5e77"
     }
    }
   },
   "Accept": {
    "name": "Accept",
    "in": "header",
    "description": "The result's format; JSON when any will do.",
    "schema": {
     "type": "string",
     "enum": [
      "application/json",
      "text/csv",
      "application/vnd.apache.arrow.stream"
     ],
     "default": "application/json"
    }
   }
  },
  "responses": {
   "BadRequest": {
    "description": "The request is wrong; `detail` says where.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "Unauthenticated": {
    "description": "No valid key.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     },
     "WWW-Authenticate": {
      "description": "How to authenticate.",
      "schema": {
       "type": "string"
      }
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "Forbidden": {
    "description": "The key may not do this.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   })asset"
    R"asset(,
   "NotFound": {
    "description": "No such thing.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "NotAcceptable": {
    "description": "No offered format is acceptable.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "TooLarge": {
    "description": "A limit on size.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "UnsupportedMediaType": {
    "description": "The body's encoding is not supported.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "Unsupported": {
    "description": "Understood, but not possible.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema)asset"
    R"asset(": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "Overloaded": {
    "description": "Come again.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     },
     "Retry-After": {
      "$ref": "#/components/headers/RetryAfter"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "Failed": {
    "description": "The server failed.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "Unavailable": {
    "description": "Not now.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     },
     "Retry-After": {
      "$ref": "#/components/headers/RetryAfter"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   },
   "Timeout": {
    "description": "It took longer than allowed.",
    "headers": {
     "X-Request-Id": {
      "$ref": "#/components/headers/RequestId"
     }
    },
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   }
  },
  "schemas": {
   "Problem": {
    "type": "object",
    "description": "RFC 9457.",
    "required": [
     "type",
     "title",
     "status",
     "detail",
     "instance",
     "request_id"
    ],
    "properties": {
     "type": {
      "type": "string",
      "format": "uri-reference",
      "description": "Stable: /docs#problem-…"
     },
     "title": {
      "type": "string",
      "description": "Constant per type."
     },
     "status": {
      "type": "integer"
     },
     "detail": {
      "type": "string",
      "description": "What happened, and what to do next."
     },
     "instance": {
      "type": "string"
     },
     "request_id": {
      "type": "string"
     },
     "errors": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "detail"
       ],
       "properties": {
        "detail": {
         "type": "string"
        },
        "line": {
         "type": "integer",
         "minimum": 1
        },
        "pointer": {
         "type": "string"
        }
       }
      }
     }
    }
   },
   "WriteReceipt": {
    "type": "object",
    "required": [
     "rows",
     "points",
     "rejected_count",
     "rejected",
     "duplicate",
     "position"
    ],
    "properties": {
     "rows": {
      "type": "integer",
      "description": "Rows stored."
     },
     "points": {
      "type": "integer",
      "description": "Field values stored."
     },
     "rejected_count": {
      "type": "integer",
      "description": "Lines that were not."
     },
     "rejected": {
      "type": "array",
      "maxItems": 100,
      "description": "The first of them.",
      "items": {
       "type": "object",
       "required": [
        "line",
        "reason"
       ],
       "properties": {
        "line": {
         "type": "integer",
         "minimum": 1
        },
        "reason": {
         "type": "string"
        }
       }
      }
     },
     "duplicate": {
      "type": "boolean",
      "description": "This Idempotency-Key was stored before: nothing was written again."
     },
     "position": {
      "type": "string"
     }
    }
   },
   "ArrowReceipt": {
    "type": "object",
    "required": [
     "rows",
     "points",
     "rejected_count",
     "rejected",
     "duplicate",
     "position"
    ],
    "properties": {
     "rows": {
      "type": "integer",
      "description": "Rows stored."
     },
     "points": {
      "type": "integer",
      "description": "Field values stored."
     },
     "rejected_count": {
      "type": "integer",
      "description": "Rows that were not."
     },
     "rejected": {
      "type": "array",
      "maxItems": 100,
      "description": "The first of them.",
      "items": {
       "type": "object",
       "required": [
        "row",
        "reason"
       ],
       "properties": {
        "row": {
         "type": "integer",
         "minimum": 0,
         "description": "Of the stream, from 0."
        },
        "reason": {
         "type": "string"
        }
       }
      }
     },
     "duplicate": {
      "type": "boolean",
      "description": "This Idempotency-Key was stored before: nothing was written again."
     },
     "position": {
      "type": "string"
     }
    }
   },
   "SqlRequest": {
    "type": "object",
    "additionalProperties": false,
    "required": [
     "query"
    ],
    "properties": {
     "query": {
      "type": "string",
      "description": "One statement."
     },
     "params": {
      "type": "array",
      "description": "For ? and $1.",
      "items": {
       "type": [
        "null",
        "boolean",
        "number",
        "string"
       ]
      }
     },
     "timeout_ms": {
      "type": "integer",
      "minimum": 1,
      "description": "At most the server's limit."
     },
     "format": {
      "type": "string",
      "enum": [
       "json",
       "csv",
       "arrow"
      ],
      "description": "Instead of Accept."
     }
    }
   },
   "SqlResult": {
    "type": "object",
    "required": [
     "columns",
     "rows",
     "row_count"
    ],
    "properties": {
     "columns": {
      "type": "array",
      "items": {
       "type": "object",
       "required": [
        "name",
        "type"
       ],
       "properties": {
        "name": {
         "type": "string"
        },
        "type": {
         "type": "string"
        }
       }
      }
     },
     "rows": {
      "type": "array",
      "items": {
       "type": "array"
      }
     },
     "row_count": {
      "type": "integer"
     },
     "elapsed_ms": {
      "type": "number"
     },
     "error": {
      "description": "Present when the result is incomplete.",
      "$ref": "#/components/schemas/Problem"
     }
    }
   },
   "Role": {
    "type": "string",
    "enum": [
     "reader",
     "writer",
     "editor",
     "admin"
    ],
    "description": "reader reads, writer writes, editor does both, admin also manages keys."
   },
   "NewKey": {
    "type": "object",
    "additionalProperties": false,
    "properties")asset"
    R"asset(: {
     "name": {
      "type": "string",
      "maxLength": 255
     },
     "organization": {
      "type": "string",
      "description": "Default: the caller's."
     },
     "project": {
      "type": [
       "string",
       "null"
      ],
      "description": "Default: the caller's; absent or null: every project of the organization."
     },
     "role": {
      "$ref": "#/components/schemas/Role"
     },
     "expires": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     }
    }
   },
   "Key": {
    "type": "object",
    "required": [
     "id",
     "name",
     "organization",
     "project",
     "role",
     "created",
     "expires",
     "last_used",
     "revoked"
    ],
    "properties": {
     "id": {
      "type": "string"
     },
     "name": {
      "type": "string"
     },
     "organization": {
      "type": "string"
     },
     "project": {
      "type": [
       "string",
       "null"
      ]
     },
     "role": {
      "$ref": "#/components/schemas/Role"
     },
     "created": {
      "type": "string",
      "format": "date-time"
     },
     "expires": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     },
     "last_used": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time",
      "description": "To about a minute."
     },
     "revoked": {
      "type": [
       "string",
       "null"
      ],
      "format": "date-time"
     }
    }
   },
   "CreatedKey": {
    "allOf": [
     {
      "$ref": "#/components/schemas/Key"
     },
     {
      "type": "object",
      "required": [
       "token"
      ],
      "properties": {
       "token": {
        "type": "string",
        "description": "Shown this once."
       }
      }
     }
    ]
   },
   "Health": {
    "type": "object",
    "required": [
     "name",
     "message",
     "status",
     "checks",
     "version"
    ],
    "properties": {
     "name": {
      "type": "string"
     },
     "message": {
      "type": "string"
     },
     "status": {
      "type": "string",
      "enum": [
       "pass",
       "fail"
      ]
     },
     "checks": {
      "type": "array",
      "items": {
       "type": "object"
      }
     },
     "version": {
      "type": "string"
     }
    }
   },
   "Bucket": {
    "type": "object",
    "required": [
     "id",
     "orgID",
     "name",
     "retentionRules"
    ],
    "properties": {
     "id": {
      "type": "string"
     },
     "orgID": {
      "type": "string"
     },
     "type": {
      "type": "string"
     },
)asset"
    R"asset(     "name": {
      "type": "string"
     },
     "retentionRules": {
      "type": "array",
      "items": {
       "type": "object"
      }
     }
    }
   },
   "InfluxV1Error": {
    "type": "object",
    "required": [
     "error"
    ],
    "properties": {
     "error": {
      "type": "string"
     }
    }
   },
   "InfluxV2Error": {
    "type": "object",
    "required": [
     "code",
     "message"
    ],
    "properties": {
     "code": {
      "type": "string"
     },
     "message": {
      "type": "string"
     },
     "line": {
      "type": "integer"
     }
    }
   },
   "ChartRequest": {
    "type": "object",
    "required": [
     "query"
    ],
    "additionalProperties": false,
    "properties": {
     "query": {
      "type": "string",
      "description": "One SELECT, without the time range."
     },
     "params": {
      "type": "array",
      "items": {},
      "description": "Values for ? or $1."
     },
     "x": {
      "type": "string",
      "description": "A time or numeric column; the first time column when absent."
     },
     "y": {
      "type": "array",
      "items": {
       "type": "string"
      },
      "maxItems": 64,
      "description": "Numeric columns; all but x and split_by when absent."
     },
     "split_by": {
      "type": "string",
      "description": "One series per value of this column, at most 200."
     },
     "from": {
      "oneOf": [
       {
        "type": "string"
       },
       {
        "type": "number"
       }
      ],
      "description": "RFC 3339, integer nanoseconds (also as text), or a number on a numeric x. Included."
     },
     "to": {
      "oneOf": [
       {
        "type": "string"
       },
       {
        "type": "number"
       }
      ],
      "description": "Likewise; excluded. Absent ends are where the rows begin and end."
     },
     "width": {
      "type": "integer",
      "minimum": 1,
      "maximum": 10000,
      "default": 1000
     },
     "method": {
      "enum": [
       "minmax",
       "m4",
       "lttb",
       "ohlc",
       "none"
      ],
      "default": "minmax"
     },
     "timeout_ms": {
      "type": "integer",
      "minimum": 1
     }
    }
   },
   "ChartResult": {
    "type": "object",
    "required": [
     "version",
     "method",
     "x",
     "range",
     "series",
     "rows_scanned",
     "elapsed_ms"
    ],
    "properties": {
     "version": {
      "const": 1
     },
     "method": {
      "enum": [
       "minmax",
       "m4",
       "lttb",
       "ohlc",
       "none"
      ],
      "description": "none: the rows were few and are all here."
     },
     "x": {
      "type": "object",
      "properties": {
       "name": {
        "type": "string"
       },
       "type": {
        "enum": [
         "time",
         "number"
        ]
       }
      }
     },
     "range": {
      "type": [
       "object",
       "null"
      ],
      "properties": {
       "from": {
        "type": [
         "string",
         "number"
        ]
       },
       "to": {
        "type": [
         "string",
         "number"
        ]
       }
      }
     },
     "series": {
      "type": "array",
      "items": {
       "type": "object",
       "properties": {
        "name": {
         "type": "string"
        },
        "column": {
         "type": "string"
        },
        "tags": {
         "type": "object",
         "additionalProperties": {
          "type": [
           "string",
           "null"
          ]
         }
        },
        "columns": {
         "type": "array",
         "items": {
          "type": "object",
          "properties": {
           "name": {
            "type": "string"
           },
           "type": {
            "enum": [
             "time_ns",
             "float64"
            ]
           },
           "values": {
            "type": "array",
            "items": {}
           }
          }
         }
        }
       }
      }
     },
     "left_out": {
      "type": "object",
      "properties": {
       "count": {
        "type": "integer"
       },
       "names": {
        "type": "array",
        "items": {
         "type": "string"
        }
       },
       "advice": {
        "type": "string"
       }
      }
     },
     "rows_scanned": {
      "type": "integer"
     },
     "elapsed_ms": {
      "type": "number"
     }
    }
   }
  }
 }
}
)asset";

// docs.html
const std::string_view kDocsHtml =
    R"asset(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>StreamFlow API</title>
<style>
:root { color-scheme: light dark; --ink: #1b2430; --soft: #5c6b7d; --paper: #fbfcfd; --panel: #eef2f6; --line: #d8e0e8; --accent: #0a6ebd; --get: #0a7a4b; --post: #0a6ebd; --delete: #b3302a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4eaf1; --soft: #93a2b4; --paper: #11161c; --panel: #1b232c; --line: #2b3642; --accent: #62b1f2; --get: #4fc98e; --post: #62b1f2; --delete: #f0857f; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 1.5rem 1.2rem 4rem; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { margin: 0; font-size: 1.8rem; } h2 { margin: 2.4rem 0 .4rem; font-size: 1.2rem; } h3 { margin: 1.1rem 0 .3rem; font-size: .95rem; }
a { color: var(--accent); } p { margin: .35rem 0; } .soft { color: var(--soft); }
code, pre { font-family: ui-monospace, monospace; font-size: .86em; } pre { margin: .4rem 0; padding: .7rem .9rem; overflow-x: auto; border-radius: .5rem; background: var(--panel); line-height: 1.5; }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: .6rem; } details > div { padding: 0 1rem 1rem; }
summary { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; padding: .65rem 1rem; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; } summary:focus-visible { outline: 2px solid var(--accent); border-radius: .6rem; }
.method { min-width: 4.2rem; font: 600 .8rem ui-monospace, monospace; } .GET { color: var(--get); } .POST { color: var(--post); } .DELETE { color: var(--delete); }
.path { font: 600 .92rem ui-monospace, monospace; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; } td, th { padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); } th { color: var(--soft); font-weight: 500; }
input { width: 100%; margin: 1rem 0 0; padding: .55rem .8rem; font: inherit; color: inherit; background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; }
</style>
</head>
<body>
<p><a href="/">StreamFlow</a> · <a href="/openapi.json">openapi.json</a></p>
<main id="main"><p>Loading the API description…</p></main>
<noscript><p>This page needs JavaScript. The same content: <a href="/openapi.json">openapi.json</a>.</p></noscript>
<section id="problems"><h2>Problem types</h2>
<p class="soft">The <code>type</code> of an error under <code>/api/v1</code> is the address of a row here.</p>
<div class="scroll"><table><thead><tr><th>Type</th><th>Status</th><th>What to do</th></tr></thead><tbody>
<tr id="problem-invalid-request"><td><code>invalid-request</code></td><td>400</td><td>Mend what <code>detail</code> names; the same request fails again.</td></tr>
<tr id="problem-unauthenticated"><td><code>unauthenticated</code></td><td>401</td><td>Send a valid key: <code>Authorization: Bearer sfk_…</code></td></tr>
<tr id="problem-forbidden"><td><code>forbidden</code></td><td>403</td><td>Use a key whose role and project allow it. SQL: the statement itself is not allowed.</td></tr>
<tr id="problem-not-found"><td><code>not-found</code></td><td>404</td><td>Check the address, the name or the id.</td></tr>
<tr id="problem-method-not-allowed"><td><code>method-not-allowed</code></td><td>405</td><td>Use a method that the header <code>Allow</code> names.</td></tr>
<tr id="problem-not-acceptable"><td><code>not-acceptable</code></td><td>406</td><td>Accept JSON, CSV or an Arrow stream.</td></tr>
<tr id="problem-request-timeout"><td><code>request-timeout</code></td><td>408</td><td>The request came too slowly: send it again.</td></tr>
<tr id="problem-already-exists"><td><code>already-exists</code></td><td>409</td><td>Choose another name.</td></tr>
<tr id="problem-conflict"><td><code>conflict</code></td><td>409</td><td>Send what fits what is stored: <code>detail</code> names both.</td></tr>
<tr id="problem-too-large"><td><code>too-large</code></td><td>413</td><td>Send or ask for less at once: <code>detail</code> names the limit.</td></tr>
<tr id="problem-unsupported-media-type"><td><code>unsupported-media-type</code></td><td>415</td><td>Use gzip, deflate, zstd or no Content-Encoding.</td></tr>
<tr id="problem-expectation-failed"><td><code>expectation-failed</code></td><td>417</td><td>Expect nothing but <code>100-continue</code>.</td></tr>
<tr id="problem-unsupported"><td><code>unsupported</code></td><td>422</td><td>It was understood and cannot be done; <code>detail</code> says why.</td></tr>
<tr id="problem-overloaded"><td><code>overloaded</code></td><td>429</td><td>Send it again after <code>Retry-After</code> seconds.</td></tr>
<tr id="problem-head-too-large"><td><code>head-too-large</code></td><td>431</td><td>Send fewer or shorter headers.</td></tr>
<tr id="problem-cancelled"><td><code>cancelled</code></td><td>499</td><td>The client went away; seen in logs only.</td></tr>
<tr id="problem-internal-error"><td><code>internal-error</code></td><td>500</td><td>A mistake of the server: report it with the <code>request_id</code>.</td></tr>
<tr id="problem-corrupt-data"><td><code>corrupt-data</code></td><td>500</td><td>Stored bytes are damaged: see the log, restore from a backup.</td></tr>
<tr id="problem-io-error"><td><code>io-error</code></td><td>500</td><td>The operating system refused: see the log, check the disk.</td></tr>
<tr id="problem-not-implemented"><td><code>not-implemented</code></td><td>501</td><td>Use a plain or chunked body.</td></tr>
<tr id="problem-unavailable"><td><code>unavailable</code></td><td>503</td><td>Send it again after <code>Retry-After</code> seconds.</td></tr>
<tr id="problem-timeout"><td><code>timeout</code></td><td>504</td><td>Ask for less, or raise <code>timeout_ms</code> up to the server's limit.</td></tr>
<tr id="problem-http-version"><td><code>http-version</code></td><td>505</td><td>Speak HTTP/1.1.</td></tr>
</tbody></table></div></section>
<script>
"use strict";
// Renders /openapi.json. Text is only ever set as text, never as markup.
let api;
const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) { made.setAttribute(key, value); }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};
const resolve = (thing) => thing && thing.$ref ? resolve(thing.$ref.slice(2).split("/").reduce((at, key) => at[key], api)) : thing;
const prose = (text, kind = "p") => {  // `code` between back quotes
  const made = element(kind);
  (text || "").split("`").forEach((part, i) => made.append(i % 2 ? element("code", {}, part) : part));
  return made;
};
const table = (heads, rows) => element("div", { class: "scroll" }, element("table", {},
  element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", {}, head)))),
  element("tbody", {}, ...rows.map((cells) => element("tr", {}, ...cells.map((cell) => cell instanceof Node && cell.nodeName === "TD" ? cell : element("td", {}, cell)))))));
const typeOf = (schema) => {
  schema = resolve(schema) || {};
  if (schema.enum) { return schema.enum.join(" | "); }
  if (schema.const !== undefined) { return JSON.stringify(schema.const); }
  if (schema.type === "array") { return "array of " + typeOf(schema.items); }
  return [].concat(schema.type || (schema.allOf ? "object" : "any")).join(" | ") + (schema.format ? " (" + schema.format + ")" : "");
};
const members = (schema) => {
  schema = resolve(schema) || {};
  const parts = (schema.allOf || []).map(resolve).concat(schema);
  const rows = [];
  for (const part of parts) {
    for (const [name, raw] of Object.entries(part.properties || {})) {
      const must = (part.required || []).includes(name) ? "" : " (optional)";
      rows.push([element("code", {}, name), typeO)asset"
    R"asset(f(raw) + must, prose(raw.description || (resolve(raw) || {}).description, "td")]);
    }
  }
  return rows.length ? table(["Member", "Type", ""], rows) : null;
};
const contents = (content) => Object.entries(content || {}).flatMap(([type, media]) => {
  const example = media.example === undefined ? null : element("pre", {}, typeof media.example === "string" ? media.example : JSON.stringify(media.example, null, 2));
  return [element("p", { class: "soft" }, element("code", {}, type)), example, members(media.schema)];
});
const operation = (method, path, op) => {
  const parameters = (op.parameters || []).map(resolve);
  const body = element("div", {}, prose(op.description));
  if (parameters.length) {
    body.append(element("h3", {}, "Parameters"), table(["Name", "In", "Type", ""], parameters.map((p) =>
      [element("code", {}, p.name), p.in, typeOf(p.schema) + (p.required ? "" : " (optional)"), prose(p.description, "td")])));
  }
  if (op.requestBody) { body.append(element("h3", {}, "Body"), ...contents(op.requestBody.content).filter(Boolean)); }
  body.append(element("h3", {}, "Answers"));
  for (const [status, raw] of Object.entries(op.responses)) {
    const answer = resolve(raw);
    const line = prose(answer.description);
    line.prepend(element("strong", {}, status + " "));
    body.append(line);
    if (status[0] === "2") { body.append(...contents(answer.content).filter(Boolean)); }
  }
  return element("details", { id: op.operationId },
    element("summary", {}, element("span", { class: "method " + method }, method), element("span", { class: "path" }, path), element("span", { class: "soft" }, op.summary)), body);
};
const render = () => {
  const main = element("main", { id: "main" }, element("h1", {}, api.info.title), prose(api.info.summary + " Version " + api.info.version + "."), prose(api.info.description));
  const filter = element("input", { type: "search", placeholder: "Find a route", "aria-label": "Find a route" });
  main.append(filter);
  for (const tag of api.tags) {
    const section = element("section", {}, element("h2", {}, tag.name), prose(tag.description));
    for (const [path, item] of Object.entries(api.paths)) {
      for (const [method, op] of Object.entries(item)) {
        if (op.tags && op.tags.includes(tag.name)) { section.append(operation(method.toUpperCase(), path, op)); }
      }
    }
    main.append(section);
  }
  const schemes = Object.entries(api.components.securitySchemes);
  main.append(element("section", {}, element("h2", {}, "Credentials"), table(["Kind", ""], schemes.map(([name, scheme]) => [name, prose(scheme.description, "td")]))));
  filter.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase();
    for (const entry of main.querySelectorAll("details")) { entry.hidden = !entry.querySelector("summary").textContent.toLowerCase().includes(wanted); }
  });
  document.getElementById("main").replaceWith(main);
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target) { if (target.nodeName === "DETAILS") { target.open = true; } target.scrollIntoView(); }
};
fetch("/openapi.json").then((answer) => {
  if (!answer.ok) { throw new Error("status " + answer.status); }
  return answer.json();
}).then((json) => { api = json; render(); }).catch((error) => {
  document.getElementById("main").replaceChildren(element("p", {}, "The API description could not be loaded: " + error.message));
});
</script>
</body>
</html>
)asset";

// landing.html
const std::string_view kLandingHtml =
    R"asset(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>StreamFlow</title>
<style>
:root { color-scheme: light dark; --ink: #1b2430; --soft: #5c6b7d; --paper: #fbfcfd; --panel: #eef2f6; --accent: #0a6ebd; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4eaf1; --soft: #93a2b4; --paper: #11161c; --panel: #1b232c; --accent: #62b1f2; } }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1.2rem 4rem; font: 16px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { margin: 0; font-size: 2rem; } h2 { margin: 2rem 0 .4rem; font-size: 1.1rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
pre { margin: .5rem 0; padding: .8rem 1rem; overflow-x: auto; border-radius: .5rem; background: var(--panel); font: 13px/1.55 ui-monospace, monospace; }
a { color: var(--accent); } nav { display: flex; flex-wrap: wrap; gap: .4rem 1.4rem; margin-top: 1rem; }
</style>
</head>
<body>
<h1>StreamFlow</h1>
<p class="soft">Time series: write, keep, query. This server is running.</p>
<nav><a href="/docs">API reference</a><a href="/openapi.json">OpenAPI</a><a href="/health">Health</a><a href="/metrics">Metrics</a></nav>
<h2>Write a row</h2>
<pre>curl --data-binary 'cpu,host=a usage=42.5' '<span class="origin">http://localhost:8080</span>/api/v2/write'</pre>
<p class="soft">Line protocol; InfluxDB's agents and libraries work unchanged.</p>
<h2>Ask in SQL</h2>
<pre>curl -H 'Content-Type: application/json' -H 'Accept: text/csv' \
  -d '{"query": "SELECT * FROM cpu ORDER BY time DESC LIMIT 10"}' \
  '<span class="origin">http://localhost:8080</span>/api/v1/sql'</pre>
<p class="soft">Or in a shell with history and completion: <code>streamflow sql</code></p>
<h2>Let others in</h2>
<pre>streamflow key create --name gateway --role writer</pre>
<p class="soft">The first key turns authentication on; send it as <code>Authorization: Bearer sfk_…</code></p>
<script>
for (const place of document.querySelectorAll(".origin")) { place.textContent = location.origin; }
</script>
</body>
</html>
)asset";

}  // namespace streamflow::server::assets
