using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace EdgeVision.Evaluation;

/// <summary>Reads fields of annotation and result files, and says what and where when they are not as they should be.</summary>
/// <param name="name">Of the file.</param>
internal sealed class JsonFields(string name)
{
    private const int MaxText = 1000;

    /// <summary>Pixels; far beyond every picture, so that no product overflows.</summary>
    private const double MaxPixels = 1e7;

    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32 };

    /// <summary>The file as JSON; caller disposes.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="kind">What the root has to be.</param>
    /// <param name="expected">Completes "… was expected".</param>
    /// <exception cref="EvaluationException">It is none.</exception>
    public JsonDocument Parse(ReadOnlyMemory<byte> json, JsonValueKind kind, string expected)
    {
        if (json.Length > CocoAnnotations.MaxBytes)
            throw new EvaluationException($"'{name}' has {json.Length >> 20} MB where at most {CocoAnnotations.MaxBytes >> 20} MB are read; split it or leave the segmentations out.");
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json, Options);
            if (document.RootElement.ValueKind == kind) return document;
            var found = document.RootElement.ValueKind.ToString().ToLowerInvariant();
            document.Dispose();
            throw new EvaluationException($"'{name}' holds a JSON {found} where {expected} was expected; is it the right file?");
        }
        catch (JsonException e)
        {
            throw new EvaluationException($"'{name}' is not valid JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}, where {expected} was expected; mend that line.", e);
        }
    }

    public JsonElement List(JsonElement parent, string key) =>
        TryGet(parent, key, out var list) && list.ValueKind == JsonValueKind.Array ? list : throw Refuse(parent, key, key, "a list");

    /// <param name="item">Has to be an object.</param>
    /// <param name="path">Of the item, for the error.</param>
    public JsonElement Object(JsonElement item, string path) =>
        item.ValueKind == JsonValueKind.Object ? item : throw new EvaluationException($"'{name}': {path} is {Quote(item)} where an object was expected; mend it.");

    public long Id(JsonElement item, string path, string key) =>
        TryGet(item, key, out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number)
            ? number
            : throw Refuse(item, path + "." + key, key, "a whole number");

    /// <summary>Not empty, no control characters, of a bounded length.</summary>
    public string Text(JsonElement item, string path, string key)
    {
        if (TryGet(item, key, out var text) && text.ValueKind == JsonValueKind.String && TryDecode(text) is { Length: > 0 and <= MaxText } value
            && !string.IsNullOrWhiteSpace(value) && !value.Any(char.IsControl)) return value;
        throw Refuse(item, path + "." + key, key, $"a text of 1 to {MaxText} characters");
    }

    /// <summary>0 when the key is absent.</summary>
    public int Side(JsonElement item, string path, string key)
    {
        if (!TryGet(item, key, out var side) || side.ValueKind == JsonValueKind.Null) return 0;
        return side.ValueKind == JsonValueKind.Number && side.TryGetInt32(out var pixels) && pixels is >= 0 and <= (int)MaxPixels
            ? pixels
            : throw Refuse(item, path + "." + key, key, "a number of pixels");
    }

    /// <summary>0, 1, false or true; false when the key is absent.</summary>
    public bool Flag(JsonElement item, string path, string key)
    {
        if (!TryGet(item, key, out var flag)) return false;
        return flag.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            JsonValueKind.Number when flag.TryGetDouble(out var number) && number is 0 or 1 => flag.GetDouble() == 1,
            _ => throw Refuse(item, path + "." + key, key, "0 or 1"),
        };
    }

    /// <summary>0..1.</summary>
    public double Score(JsonElement item, string path, string key) =>
        TryGet(item, key, out var score) && score.ValueKind == JsonValueKind.Number && score.TryGetDouble(out var number) && number is >= 0 and <= 1
            ? number
            : throw Refuse(item, path + "." + key, key, "a number from 0 to 1");

    /// <summary>x, y, width, height.</summary>
    public CocoBox Box(JsonElement item, string path, string key)
    {
        Span<double> sides = stackalloc double[4];
        if (TryGet(item, key, out var box) && box.ValueKind == JsonValueKind.Array && box.GetArrayLength() == 4)
        {
            var read = 0;
            foreach (var side in box.EnumerateArray())
            {
                if (side.ValueKind != JsonValueKind.Number || !side.TryGetDouble(out sides[read]) || !(Math.Abs(sides[read]) <= MaxPixels)) break;
                read++;
            }

            if (read == 4 && sides[2] >= 0 && sides[3] >= 0) return new CocoBox(sides[0], sides[1], sides[2], sides[3]);
        }

        throw Refuse(item, path + "." + key, key, "[x, y, width, height] in pixels");
    }

    private EvaluationException Refuse(JsonElement parent, string path, string key, string expected) => new(TryGet(parent, key, out var value)
        ? $"'{name}': {path} is {Quote(value)} where {expected} was expected; mend it."
        : $"'{name}': {path} is missing where {expected} was expected; is it the right file?");

    /// <summary>Keys are decoded when they are compared, and those that are no Unicode throw then.</summary>
    private bool TryGet(JsonElement parent, string key, out JsonElement value)
    {
        try
        {
            return parent.TryGetProperty(key, out value);
        }
        catch (InvalidOperationException e)
        {
            throw new EvaluationException($"'{name}' has a key that is not valid Unicode where '{key}' was looked for; save it as UTF-8.", e);
        }
    }

    /// <summary>As it stands in the file, without its bulk and what a terminal would obey.</summary>
    private static string Quote(JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object) return "an object";
        // The bytes need not be UTF-8: what is not becomes the replacement character.
        var raw = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value));
        var quoted = new StringBuilder(raw.Length > 60 ? raw[..60] + "…" : raw);
        for (var i = 0; i < quoted.Length; i++)
        {
            if (char.IsControl(quoted[i])) quoted[i] = ' ';
        }

        return quoted.ToString();
    }

    /// <summary>Null for bytes that are no UTF-8 and for half characters.</summary>
    private static string? TryDecode(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
