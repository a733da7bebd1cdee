// SPDX-License-Identifier: MIT
// A tree back to YAML text, through libyaml's emitter.
#include "job/yaml_writer.h"

#include "base/text.h"

#include <string.h>
#include <yaml.h>

static bool text_is_utf8(const char *text)
{
    unsigned cp;
    for (size_t len = strlen(text), step; len > 0; text += step, len -= step)
        if ((step = text_decode(text, len, &cp)) == 0)
            return false;
    return true;
}

/* libyaml refuses other text just as it does when out of memory, without saying which. */
static bool is_utf8(const struct node *n)
{
    bool good = n->kind != NODE_TEXT || text_is_utf8(n->text);
    for (size_t i = 0; good && i < n->len; i++)
        good = (!n->items[i].key || text_is_utf8(n->items[i].key)) && is_utf8(n->items[i].value);
    return good;
}

/* Takes the event over. True when it was written. */
static bool emit(yaml_emitter_t *e, yaml_event_t *ev, int made)
{
    return made && yaml_emitter_emit(e, ev);
}

static bool write_text(yaml_emitter_t *e, const char *text, bool plain)
{
    yaml_event_t ev;
    yaml_scalar_style_t style = plain                ? YAML_PLAIN_SCALAR_STYLE
                                : strchr(text, '\n') ? YAML_LITERAL_SCALAR_STYLE
                                                     : YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    return emit(e, &ev,
                yaml_scalar_event_initialize(&ev, NULL, NULL, (const yaml_char_t *)text,
                                             (int)strlen(text), plain, 1, style));
}

static bool write_node(yaml_emitter_t *e, const struct node *n)
{
    if (n->kind == NODE_TEXT)
        return write_text(e, n->text, n->plain);
    yaml_event_t ev;
    bool is_map = n->kind == NODE_MAP;
    if (!emit(e, &ev,
              is_map ? yaml_mapping_start_event_initialize(&ev, NULL, NULL, 1,
                                                           YAML_BLOCK_MAPPING_STYLE)
                     : yaml_sequence_start_event_initialize(&ev, NULL, NULL, 1,
                                                            YAML_BLOCK_SEQUENCE_STYLE)))
        return false;
    for (size_t i = 0; i < n->len; i++)
        if ((is_map && !write_text(e, n->items[i].key, false)) || !write_node(e, n->items[i].value))
            return false;
    return emit(e, &ev,
                is_map ? yaml_mapping_end_event_initialize(&ev)
                       : yaml_sequence_end_event_initialize(&ev));
}

static bool write_stream(yaml_emitter_t *e, const struct node *root)
{
    yaml_event_t ev;
    return emit(e, &ev, yaml_stream_start_event_initialize(&ev, YAML_UTF8_ENCODING)) &&
           emit(e, &ev, yaml_document_start_event_initialize(&ev, NULL, NULL, NULL, 1)) &&
           write_node(e, root) && emit(e, &ev, yaml_document_end_event_initialize(&ev, 1)) &&
           emit(e, &ev, yaml_stream_end_event_initialize(&ev));
}

static int append(void *out, unsigned char *data, size_t len)
{
    return buf_append(out, data, len) == 0;
}

int yaml_writer_write(struct buf *out, const struct node *root, struct orgrun_error *err)
{
    yaml_emitter_t e;
    if (!is_utf8(root))
        return error_set(err, ORGRUN_EUSAGE, "the job holds text that is not valid UTF-8");
    if (!yaml_emitter_initialize(&e))
        return error_nomem(err);
    yaml_emitter_set_output(&e, append, out);
    yaml_emitter_set_unicode(&e, 1);
    yaml_emitter_set_width(&e, -1);
    bool written = write_stream(&e, root);
    yaml_emitter_delete(&e);
    int rc = buf_check(out, "the job", err);
    return rc || written ? rc : error_nomem(err);
}
