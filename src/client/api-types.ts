/** Made of docs/openapi.json by `npm run docs`; not to be edited. */

export interface paths {
  '/upload': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations['upload'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/status/{request_id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['getStatus'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/status/{request_id}/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['watchStatus'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/webhook/events': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['watchWebhooks'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/process/{request_id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations['processRequest'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/cancel/{request_id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations['cancelRequest'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/requests/{request_id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post?: never;
    delete: operations['deleteRequest'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/requests': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['listRequests'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/image/{file_id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['getImage'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/csvfile/{name}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['getCsvFile'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/deliveries/{delivery_id}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['getDelivery'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/deliveries/{delivery_id}/replay': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations['replayDelivery'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/webhook-completed': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get?: never;
    put?: never;
    post: operations['webhookCompleted'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/healthz': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['health'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/readyz': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['readiness'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['metrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/problems/{code}': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['explainProblem'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/openapi.json': {
    parameters: { query?: never; header?: never; path?: never; cookie?: never };
    get: operations['getOpenApiDocument'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}

export interface components {
  schemas: {
    /** Answer to a call that set work going. */
    Accepted: {
      /** The id of the request, a UUID. */
      request_id: string;
      /** `PENDING`: accepted, not started. `PROCESSING`: at work. `COMPLETED`: every image was tried and at least one succeeded. `FAILED`: none succeeded, or `strict` was asked and one failed. `CANCELLED`: stopped by somebody. */
      status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
      /** Rows that are taken. */
      total_products: number;
      /** Images in these rows. */
      total_images: number;
      /** Ask here how it goes. */
      status_url: string;
      /** Something worth knowing, such as that the same file is being worked on already. */
      hint: string | null;
    };
    /** What has become of a request. */
    Status: {
      /** The id of the request, a UUID. */
      request_id: string;
      /** `PENDING`: accepted, not started. `PROCESSING`: at work. `COMPLETED`: every image was tried and at least one succeeded. `FAILED`: none succeeded, or `strict` was asked and one failed. `CANCELLED`: stopped by somebody. */
      status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
      /** Why work rests although there is some, such as a storage that cannot be reached; else null. */
      paused: string | null;
      progress: components['schemas']['Progress'];
      /** Bytes of the sources that succeeded. */
      bytes_in: number;
      /** Bytes of their compressed images. */
      bytes_out: number;
      /** Saved bytes, of all; null before the first success. */
      saved_percent: number | null;
      /** When it was uploaded. */
      created_at: string;
      /** When work began. */
      started_at: string | null;
      /** When it ended, with its result files; null before. */
      finished_at: string | null;
      /** Your CSV with the new addresses; null until it is finished. */
      output_csv: string | null;
      /** The rows to correct and upload again; null until it is finished, or when there are none. */
      errors_csv: string | null;
      /** Why the whole request failed, if it did. */
      error: string | null;
      /** Most frequent first. */
      failures: components['schemas']['Failures'][];
      /** Webhooks and e-mails, with their log. */
      deliveries: components['schemas']['Delivery'][];
      /** A page of the rows, in the order of the file. */
      products: components['schemas']['Product'][];
      /** `cursor` of the next page; null on the last. */
      next: string | null;
    };
    /** How far the images are. */
    Progress: {
      /** Images. */
      total: number;
      /** Images that succeeded. */
      done: number;
      /** Images that failed. */
      failed: number;
      /** Succeeded and failed, of all; 100 only at the end. */
      percent: number;
      /** Current pace; null when nothing is known. */
      images_per_second: number | null;
      /** About this long still; null when nothing is known. */
      eta_seconds: number | null;
    };
    /** Images that failed for the same reason. */
    Failures: {
      /** Why, for programs; docs/errors.md explains each. */
      code: 'invalid_url' | 'address_not_allowed' | 'host_not_found' | 'connection_failed' | 'tls_failed' | 'timed_out' | 'http_status' | 'too_many_redirects' | 'too_large' | 'empty_body' | 'not_an_image' | 'unsupported_format' | 'corrupt_image' | 'truncated_image' | 'too_many_pixels' | 'decode_timed_out' | 'decoder_crashed' | 'storage_failed' | 'processor_failed' | 'processor_unreachable' | 'processor_timed_out' | 'cancelled' | 'image_failed';
      /** Images that failed so. */
      count: number;
      /** Why, for people. */
      message: string;
    };
    /** One row of your CSV. */
    Product: {
      /** Number of the row in your CSV, from 1; the header does not count. */
      row: number;
      /** As in your CSV. */
      serial_number: string;
      /** As in your CSV. */
      product_name: string;
      /** Its image addresses, in order. */
      input_image_urls: string[];
      /** The compressed images, slot by slot; null where there is none (yet). */
      output_image_urls: (string | null)[];
      /** A receipt for each slot. */
      images: components['schemas']['Receipt'][];
    };
    /** What became of one image. Facts that are not known (yet) are null. */
    Receipt: {
      /** Id of the compressed image: `GET /image/{file_id}`. Rows with the same address share one. */
      file_id: string;
      /** The address in your CSV. */
      input_url: string;
      /** Where the compressed image is; null unless it succeeded. */
      output_url: string | null;
      /** Where the image stands. */
      state: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED';
      /** `met`: at most the asked share of the bytes. `visually_lossless`: stopped earlier, as nobody would see more. `floor`: stopped before it would look bad. `kept_original`: could not be made smaller. */
      outcome: 'met' | 'visually_lossless' | 'floor' | 'kept_original' | 'failed' | null;
      /** Why it failed, for programs; docs/errors.md explains each. */
      code: 'invalid_url' | 'address_not_allowed' | 'host_not_found' | 'connection_failed' | 'tls_failed' | 'timed_out' | 'http_status' | 'too_many_redirects' | 'too_large' | 'empty_body' | 'not_an_image' | 'unsupported_format' | 'corrupt_image' | 'truncated_image' | 'too_many_pixels' | 'decode_timed_out' | 'decoder_crashed' | 'storage_failed' | 'processor_failed' | 'processor_unreachable' | 'processor_timed_out' | 'cancelled' | 'image_failed' | null;
      /** For people: why it failed; or, of one that succeeded, what was lost on the way, such as the missing end of a file. */
      message: string | null;
      /** Bytes of the source. */
      bytes_in: number | null;
      /** Bytes of the compressed image. */
      bytes_out: number | null;
      /** Format of the compressed image. */
      format: 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | null;
      /** Pixels. */
      width: number | null;
      /** Pixels. */
      height: number | null;
      /** The encoder's quality, 1–100; null where the format has none. */
      quality: number | null;
      /** Likeness to the source by SSIMULACRA 2.1: 100 the same, 90 visually lossless, 70 high, 50 medium; null where none was measured. */
      score: number | null;
      /** How often it was encoded to find the quality. */
      encodes: number | null;
      /** What compressed it. */
      engine: string | null;
      /** Tries that came to an end. */
      attempts: number;
    };
    /** A webhook or e-mail that tells the end of a request. */
    Delivery: {
      /** Id of the delivery; also the `webhook-id`, the same for every attempt. */
      id: string;
      /** How it is sent. */
      kind: 'webhook' | 'email';
      /** `PENDING`: an attempt is to come. `FAILED`: none is, unless you ask for one. */
      state: 'PENDING' | 'DELIVERED' | 'FAILED';
      /** Address it goes to. */
      target: string;
      /** When it was written down. */
      created_at: string;
      /** When it is tried next; null when it is not. */
      next_attempt_at: string | null;
      /** Every attempt so far, in order. */
      attempts: components['schemas']['DeliveryAttempt'][];
    };
    /** One attempt to deliver. */
    DeliveryAttempt: {
      /** When. */
      at: string;
      /** What the other side said, or why it could not be asked. */
      result: string;
      /** Did the other side take it? */
      ok: boolean;
      /** HTTP status or SMTP code; null without an answer. */
      answer_code: number | null;
      /** How long it took, in milliseconds. */
      ms: number;
      /** A replay somebody asked for. */
      by_hand: boolean;
    };
    /** The body of a webhook: how a request ended. */
    Announcement: {
      /** What happened. */
      type: 'request.completed' | 'request.failed' | 'request.cancelled';
      /** When the request ended. */
      timestamp: string;
      /** The id of the request, a UUID. */
      request_id: string;
      /** How it ended. */
      status: 'COMPLETED' | 'FAILED' | 'CANCELLED';
      /** How it ended, in a sentence for people. */
      message: string;
      /** Your CSV with the new addresses. */
      output_csv: string;
      /** The rows to correct and upload again; null when there are none. */
      errors_csv: string | null;
      /** Its status. */
      status_url: string;
      /** The same for people: its page. */
      page_url: string;
      /** Why the whole request failed, if it did. */
      error: string | null;
      /** Name of the uploaded file, when one was given. */
      file_name: string | null;
      /** Rows of the file: products, and rows left out because they could not be read. */
      total_rows: number;
      /** Rows that could be read. */
      total_products: number;
      /** Images. */
      total_images: number;
      /** Images that succeeded. */
      done: number;
      /** Images that failed. */
      failed: number;
      /** Rows a person has to look at. */
      rows_to_correct: number;
      /** Bytes of the sources that succeeded. */
      bytes_in: number;
      /** Bytes of their compressed images. */
      bytes_out: number;
      /** Saved bytes, of all; null when nothing succeeded. */
      saved_percent: number | null;
      /** The most frequent reasons. */
      failures: components['schemas']['Failures'][];
    };
    /** A page of the requests. */
    RequestList: {
      /** Newest first. */
      requests: components['schemas']['ListedRequest'][];
      /** `cursor` of the next page; null on the last. */
      next: string | null;
    };
    /** One request in a list. */
    ListedRequest: {
      /** The id of the request, a UUID. */
      request_id: string;
      /** `PENDING`: accepted, not started. `PROCESSING`: at work. `COMPLETED`: every image was tried and at least one succeeded. `FAILED`: none succeeded, or `strict` was asked and one failed. `CANCELLED`: stopped by somebody. */
      status: 'PENDING' | 'PROCESSING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';
      /** Name of the uploaded file, when one was given. */
      file_name: string | null;
      /** Rows. */
      total_products: number;
      /** Images. */
      total_images: number;
      /** Images that succeeded. */
      done: number;
      /** Images that failed. */
      failed: number;
      /** When it was uploaded. */
      created_at: string;
      /** When it ended; null before. */
      finished_at: string | null;
      /** Its status. */
      status_url: string;
      /** Your CSV with the new addresses; null until it is finished. */
      output_csv: string | null;
    };
    /** What became of a message: `accepted` and `ignored` for results, `announced` for an announcement. */
    InboundAnswer: {
      /** The request it was about. */
      request_id: string;
      /** Results that were taken. */
      accepted?: number;
      /** Results that changed nothing. */
      ignored?: {
        /** Of the image. */
        input_url: string;
        /** Why its result changed nothing. */
        reason: string;
      }[];
      /** E-mails and webhooks that are now being sent. */
      announced?: number;
    };
    /** What went wrong, why, and what to do (RFC 9457). `code` is for programs. */
    Problem: {
      /** Where the code is explained. */
      type: string;
      /** What happened, the same for every call with this code. */
      title: string;
      /** The HTTP status. */
      status: number;
      /** What happened this time. */
      detail: string;
      /** The path that was called. */
      instance: string;
      code: components['schemas']['ErrorCode'];
      /** What you can do about it. */
      advice: string;
      /** Every fault, where there can be several; the first 100 of a file. */
      errors?: components['schemas']['Fault'][];
      /** How many faults there are, listed or not. */
      total_errors?: number;
      /** Columns that were not found. */
      missing?: string[];
      /** Columns there are. */
      found?: string[];
      /** Each check with `ok`, or why it failed. */
      checks?: {
        [name: string]: string;
      };
    };
    /** One of several faults. */
    Fault: {
      /** What is wrong, and where. */
      detail: string;
      /** The option with the fault. */
      option?: string;
      /** The place in the message with the fault. */
      field?: string;
      /** Number of the record in the file, from 1. */
      row?: number;
      /** Line of the file where the record begins, from 1. */
      line?: number;
      /** Name of the column. */
      column?: string | null;
      /** Kind of the fault; docs/errors.md explains each. */
      code?: string;
    };
    /** What programs look at; never renamed. docs/errors.md explains each. */
    ErrorCode: 'invalid_url' | 'address_not_allowed' | 'host_not_found' | 'connection_failed' | 'tls_failed' | 'timed_out' | 'http_status' | 'too_many_redirects' | 'too_large' | 'empty_body' | 'not_an_image' | 'unsupported_format' | 'corrupt_image' | 'truncated_image' | 'too_many_pixels' | 'decode_timed_out' | 'decoder_crashed' | 'storage_failed' | 'processor_failed' | 'processor_unreachable' | 'processor_timed_out' | 'cancelled' | 'image_failed' | 'missing_url' | 'bad_url' | 'url_too_long' | 'too_many_urls' | 'ambiguous_list' | 'too_many_columns' | 'line_too_long' | 'unclosed_quote' | 'bad_quote' | 'bad_character' | 'no_file' | 'empty_file' | 'not_a_csv' | 'missing_columns' | 'invalid_rows' | 'no_rows' | 'too_many_images' | 'file_too_large' | 'unsupported_media_type' | 'range_not_satisfiable' | 'malformed_request' | 'invalid_option' | 'too_slow' | 'headers_too_large' | 'unauthorized' | 'cross_site' | 'request_not_found' | 'image_not_found' | 'file_not_found' | 'not_found' | 'method_not_allowed' | 'request_running' | 'request_finished' | 'delivery_not_found' | 'invalid_signature' | 'message_too_large' | 'message_reused' | 'idempotency_key_reused' | 'idempotency_key_in_use' | 'too_many_streams' | 'nothing_to_do' | 'storage_full' | 'not_ready' | 'shutting_down' | 'database_unavailable' | 'internal_error' | 'invalid_settings' | 'folder_in_use' | 'server_unreachable' | 'mail_server_failed' | 'unreadable_input';
    /** What a code means. */
    ErrorExplanation: {
      code: components['schemas']['ErrorCode'];
      /** The HTTP status it comes with. */
      status: number;
      /** What happened. */
      title: string;
      /** What you can do about it. */
      advice: string;
      /** Can the same call succeed later? */
      retryable: boolean;
    };
    /** The process lives. */
    Health: {
      /** `ok` */
      status: string;
      /** Version of Halve. */
      version: string;
    };
    /** The service can work. */
    Readiness: {
      /** `ok` */
      status: string;
      /** What was tried. */
      checks: {
        /** `ok` */
        database: string;
        /** `ok` */
        storage: string;
        /** `ok` */
        disk: string;
      };
    };
  };
}

export interface operations {
  /** Bring a CSV */
  upload: {
    parameters: {
      query?: {
        /** Address to be told of the end, by a signed POST (Standard Webhooks). */
        webhook_url?: string;
        /** Address to be told of the end, with the output CSV. */
        email?: string;
        /** `manual`: wait for `processRequest`. */
        start?: 'auto' | 'manual';
        /** Largest share of the bytes an image may keep: `50%`, `50` or `0.5`. */
        target?: string;
        /** The encoder's quality, instead of `target`. */
        quality?: number;
        /** Format of the compressed images; `auto`: the one that looks best for its bytes. */
        format?: 'same' | 'jpeg' | 'webp' | 'avif' | 'png' | 'auto';
        /** Largest width in pixels; larger images are shrunk to fit, none is enlarged. */
        max_width?: number;
        /** Largest height in pixels; larger images are shrunk to fit, none is enlarged. */
        max_height?: number;
        /** Take what there is of a JPEG, PNG or GIF whose end is missing, instead of refusing it. The `message` of its receipt says so. */
        tolerant?: boolean;
        /** `reject`: one row that cannot be used, and nothing is stored. `skip`: the good rows are taken, the others stand in the errors CSV. */
        on_invalid?: 'reject' | 'skip';
        /** One failed image makes the request `FAILED`. */
        strict?: boolean;
      };
      header?: {
        /** A text of yours, new for each upload: the same call with the same key within 24 hours is not done twice but answered again. With another file or other options it is refused. A refused upload does not use it up, and deleting the request frees it. */
        'Idempotency-Key'?: string;
        /** Name of the file, for a raw body: `attachment; filename="spring.csv"`. */
        'Content-Disposition'?: string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'multipart/form-data': {
          /** The CSV, with a file name. */
          file: string;
          /** Address to be told of the end, by a signed POST (Standard Webhooks). */
          webhook_url?: string;
          /** Address to be told of the end, with the output CSV. */
          email?: string;
          /** `manual`: wait for `processRequest`. */
          start?: 'auto' | 'manual';
          /** Largest share of the bytes an image may keep: `50%`, `50` or `0.5`. */
          target?: string;
          /** The encoder's quality, instead of `target`. */
          quality?: number;
          /** Format of the compressed images; `auto`: the one that looks best for its bytes. */
          format?: 'same' | 'jpeg' | 'webp' | 'avif' | 'png' | 'auto';
          /** Largest width in pixels; larger images are shrunk to fit, none is enlarged. */
          max_width?: number;
          /** Largest height in pixels; larger images are shrunk to fit, none is enlarged. */
          max_height?: number;
          /** Take what there is of a JPEG, PNG or GIF whose end is missing, instead of refusing it. The `message` of its receipt says so. */
          tolerant?: boolean;
          /** `reject`: one row that cannot be used, and nothing is stored. `skip`: the good rows are taken, the others stand in the errors CSV. */
          on_invalid?: 'reject' | 'skip';
          /** One failed image makes the request `FAILED`. */
          strict?: boolean;
        };
        'text/csv': string;
      };
    };
    responses: {
      202: {
        headers: {
          Location: string;
          'Retry-After': number;
          'Idempotent-Replayed'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
      303: {
        headers: {
          Location: string;
          'Idempotent-Replayed'?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'no_file' | 'empty_file' | 'not_a_csv' | 'missing_columns' | 'malformed_request' | 'invalid_option';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      408: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'too_slow';
          };
        };
      };
      409: {
        headers: {
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'idempotency_key_in_use';
          };
        };
      };
      413: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'file_too_large' | 'too_many_images';
          };
        };
      };
      415: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unsupported_media_type';
          };
        };
      };
      422: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'invalid_rows' | 'no_rows' | 'too_many_columns' | 'line_too_long' | 'unclosed_quote' | 'bad_quote' | 'idempotency_key_reused';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
      507: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'storage_full';
          };
        };
      };
    };
  };
  /** How far is it? */
  getStatus: {
    parameters: {
      query?: {
        /** How many products a page has. */
        limit?: number;
        /** Where to go on: `next` of the page before. */
        cursor?: string;
        /** `failed`: only the products with a failed image. */
        state?: string;
      };
      header?: {
        /** `ETag` of an answer you have; unchanged, you get 304 without a body. */
        'If-None-Match'?: string;
      };
      path: {
        /** Id of the request, from the answer to its upload. */
        request_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          ETag: string;
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Status'];
        };
      };
      304: {
        headers: {
          ETag: string;
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'invalid_option' | 'malformed_request';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_not_found' | 'not_found';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** Follow a request as it moves */
  watchStatus: {
    parameters: {
      query?: never;
      header?: {
        /** Id of the last event you have seen. */
        'last-event-id'?: string;
      };
      path: {
        /** Id of the request, from the answer to its upload. */
        request_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'text/event-stream': string;
        };
      };
      204: {
        headers: { [name: string]: unknown };
        content?: never;
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_not_found' | 'not_found';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'too_many_streams' | 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** Listen to all webhooks */
  watchWebhooks: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'text/event-stream': string;
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'too_many_streams' | 'not_ready' | 'shutting_down';
          };
        };
      };
    };
  };
  /** Start it, or run its failed images again */
  processRequest: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the request, from the answer to its upload. */
        request_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      202: {
        headers: {
          Location: string;
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_not_found' | 'not_found';
          };
        };
      };
      409: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_running' | 'nothing_to_do';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** Stop it */
  cancelRequest: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the request, from the answer to its upload. */
        request_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      202: {
        headers: {
          Location: string;
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Accepted'];
        };
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_not_found' | 'not_found';
          };
        };
      };
      409: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_finished';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** Delete it with its files */
  deleteRequest: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the request, from the answer to its upload. */
        request_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      204: {
        headers: { [name: string]: unknown };
        content?: never;
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_not_found' | 'not_found';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** All requests, newest first */
  listRequests: {
    parameters: {
      query?: {
        /** How many requests a page has. */
        limit?: number;
        /** Where to go on: `next` of the page before. */
        cursor?: string;
        /** Part of a file name or of an id. */
        search?: string;
        /** Only requests in this status: PENDING, PROCESSING, COMPLETED, FAILED, CANCELLED; in any case. */
        status?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'application/json': components['schemas']['RequestList'];
        };
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'invalid_option';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** A compressed image */
  getImage: {
    parameters: {
      query?: never;
      header?: {
        /** `ETag` of an answer you have; unchanged, you get 304 without a body. */
        'If-None-Match'?: string;
        /** One range of bytes, such as `bytes=0-999`; the answer is then 206. */
        Range?: string;
        /** `Range` counts only while this is the `ETag`. */
        'If-Range'?: string;
      };
      path: {
        /** Id of the image: `file_id` of its receipt. */
        file_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          ETag: string;
          'Content-Disposition': string;
          'Accept-Ranges': string;
          [name: string]: unknown;
        };
        content: {
          'image/jpeg': unknown;
          'image/png': unknown;
          'image/webp': unknown;
          'image/avif': unknown;
          'image/gif': unknown;
        };
      };
      206: {
        headers: {
          ETag: string;
          'Content-Disposition': string;
          'Accept-Ranges': string;
          'Content-Range': string;
          [name: string]: unknown;
        };
        content: {
          'image/jpeg': unknown;
          'image/png': unknown;
          'image/webp': unknown;
          'image/avif': unknown;
          'image/gif': unknown;
        };
      };
      302: {
        headers: {
          Location: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      304: {
        headers: {
          ETag: string;
          'Accept-Ranges': string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'image_not_found' | 'not_found';
          };
        };
      };
      416: {
        headers: {
          'Content-Range': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'range_not_satisfiable';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'storage_failed' | 'shutting_down';
          };
        };
      };
    };
  };
  /** A result file */
  getCsvFile: {
    parameters: {
      query?: {
        /** `1`: cells that a spreadsheet would run as a formula are guarded by an apostrophe. */
        excel_safe?: string;
      };
      header?: {
        /** `ETag` of an answer you have; unchanged, you get 304 without a body. */
        'If-None-Match'?: string;
      };
      path: {
        /** `{request_id}_output.csv`, `{request_id}_errors.csv` or `{request_id}_report.csv`. */
        name: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          ETag: string;
          'Content-Disposition': string;
          [name: string]: unknown;
        };
        content: {
          'text/csv': string;
        };
      };
      304: {
        headers: {
          ETag: string;
          'Content-Disposition': string;
          [name: string]: unknown;
        };
        content?: never;
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'file_not_found' | 'not_found';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'storage_failed' | 'shutting_down';
          };
        };
      };
    };
  };
  /** See what became of a delivery */
  getDelivery: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the delivery, from the `deliveries` of a status. */
        delivery_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'application/json': components['schemas']['Delivery'];
        };
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'delivery_not_found' | 'not_found';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** Send a delivery again */
  replayDelivery: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** Id of the delivery, from the `deliveries` of a status. */
        delivery_id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      202: {
        headers: { [name: string]: unknown };
        content: {
          'application/json': components['schemas']['Delivery'];
        };
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'delivery_not_found' | 'not_found';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** Report results, or have the end announced again */
  webhookCompleted: {
    parameters: {
      query?: never;
      header: {
        /** Id of the message, the same for every try to send it. */
        'webhook-id': string;
        /** When it is sent: seconds since 1970, at most five minutes off. */
        'webhook-timestamp': string;
        /** `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several, parted by spaces. */
        'webhook-signature': string;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** `images.processed` for results, `request.announce` for an announcement; what is meant is clear without. */
          type?: string;
          /** The request it is about. */
          request_id: string;
          /** Results, some or all; without them the end of the request is announced again. */
          images?: ({
            /** The address as it stands in the CSV and in the message that asked for the image. */
            input_url: string;
            /** Where the compressed image can be had; http or https. It is stored, never fetched. */
            output_url?: string | null;
            /** Instead of `output_url`: why there is no image, in a sentence for the user. */
            error?: string | null;
            /** From the message that asked for the image; finds it without a search. */
            file_id?: string | null;
            /** Bytes of the source. */
            bytes_in?: number | null;
            /** Bytes of the compressed image. */
            bytes_out?: number | null;
            /** Format of the compressed image. */
            format?: 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | null;
            /** Pixels. */
            width?: number | null;
            /** Pixels. */
            height?: number | null;
            /** The encoder's quality. */
            quality?: number | null;
          })[];
        };
      };
    };
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'application/json': components['schemas']['InboundAnswer'];
        };
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'invalid_signature';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_not_found';
          };
        };
      };
      408: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'too_slow';
          };
        };
      };
      409: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'request_running';
          };
        };
      };
      413: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'message_too_large';
          };
        };
      };
      415: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unsupported_media_type';
          };
        };
      };
      422: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'message_reused';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
      507: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'storage_full';
          };
        };
      };
    };
  };
  /** Does the process live? */
  health: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'shutting_down';
          };
        };
      };
    };
  };
  /** Can it work? */
  readiness: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'application/json': components['schemas']['Readiness'];
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'not_ready' | 'shutting_down';
          };
        };
      };
    };
  };
  /** What to watch */
  metrics: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'text/plain': string;
        };
      };
      401: {
        headers: {
          'WWW-Authenticate': string;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'unauthorized';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'database_unavailable' | 'shutting_down';
          };
        };
      };
    };
  };
  /** What does an error code mean? */
  explainProblem: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** `code` of a problem document. */
        code: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: { [name: string]: unknown };
        content: {
          'application/json': components['schemas']['ErrorExplanation'];
        };
      };
      400: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'malformed_request';
          };
        };
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      404: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'not_found';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'shutting_down';
          };
        };
      };
    };
  };
  /** This document */
  getOpenApiDocument: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      200: {
        headers: {
          ETag: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': {
            [name: string]: unknown;
          };
        };
      };
      304: {
        headers: {
          ETag: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      403: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'cross_site';
          };
        };
      };
      500: {
        headers: { [name: string]: unknown };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'internal_error';
          };
        };
      };
      503: {
        headers: {
          'Retry-After': number;
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'] & {
            code: 'shutting_down';
          };
        };
      };
    };
  };
}
