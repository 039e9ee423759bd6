using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeVision.Evaluation;

/// <summary>
/// Sets the thresholds in the text of a model.json. As an edit of the text, not by writing the parsed tree again: comments, order, spelling
/// and layout of all the rest stay as their author made them, and a version control shows the thresholds only.
/// </summary>
public static class ManifestThresholds
{
    private const string Global = "confidenceThreshold";

    private const string ByLabel = "confidenceThresholds";

    /// <param name="json">UTF-8; a manifest that can be read.</param>
    /// <param name="global">For labels that have none of their own.</param>
    /// <param name="labels">
    /// What the evaluation says of each label that it saw: its own threshold, or null when it is to use the global one. Other labels keep what they have.
    /// </param>
    public static byte[] Set(ReadOnlySpan<byte> json, double global, IReadOnlyDictionary<string, double?> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var (globalAt, byLabelAt, start, kept) = Find(json);
        foreach (var (label, threshold) in labels)
        {
            if (threshold is { } own) kept[label] = own;
            else kept.Remove(label);
        }

        var byLabel = Render(kept);
        var edits = new List<(Range At, string Text)>();
        if (globalAt is { } number) edits.Add((number, Number(global)));
        else edits.Add((start..start, $"\n  \"{Global}\": {Number(global)},"));
        if (byLabelAt is { } section) edits.Add((section, byLabel));
        else if (kept.Count > 0 && globalAt is { } before) edits.Add((before.End..before.End, $",\n  \"{ByLabel}\": {byLabel}"));
        else if (kept.Count > 0) edits.Add((start..start, $"\n  \"{ByLabel}\": {byLabel},"));
        return Apply(json, edits);
    }

    private static (Range? Global, Range? ByLabel, int Start, SortedDictionary<string, double> Kept) Find(ReadOnlySpan<byte> json)
    {
        var mark = json.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(json[mark..], new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var (global, byLabel, start) = (default(Range?), default(Range?), 0);
        var kept = new SortedDictionary<string, double>(StringComparer.Ordinal);
        reader.Read();
        start = mark + (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // Keys are read in any case (ModelManifest.Read), so they are found in any case.
            var key = reader.GetString()!;
            reader.Read();
            var from = mark + (int)reader.TokenStartIndex;
            if (key.Equals(ByLabel, StringComparison.OrdinalIgnoreCase)) ReadByLabel(ref reader, kept);
            else reader.Skip();
            var range = from..(mark + (int)reader.BytesConsumed);
            if (key.Equals(Global, StringComparison.OrdinalIgnoreCase)) global = range;
            else if (key.Equals(ByLabel, StringComparison.OrdinalIgnoreCase)) byLabel = range;
        }

        return (global, byLabel, start, kept);
    }

    private static void ReadByLabel(ref Utf8JsonReader reader, SortedDictionary<string, double> kept)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return;
        reader.Read();
        while (reader.TokenType == JsonTokenType.PropertyName)
        {
            var label = reader.GetString()!;
            reader.Read();
            // The options reader takes numbers in quotes too.
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var number)) kept[label] = number;
            else if (reader.TokenType == JsonTokenType.String && double.TryParse(reader.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number)) kept[label] = number;
            reader.Skip();
            reader.Read();
        }
    }

    private static string Render(SortedDictionary<string, double> thresholds) => thresholds.Count == 0
        ? "{}"
        : $"{{\n{string.Join(",\n", thresholds.Select(static t => $"    \"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(t.Key)}\": {Number(t.Value)}"))}\n  }}";

    private static string Number(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);

    private static byte[] Apply(ReadOnlySpan<byte> json, List<(Range At, string Text)> edits)
    {
        using var result = new MemoryStream(json.Length + 1024);
        var at = 0;
        foreach (var (range, text) in edits.OrderBy(static e => e.At.Start.Value))
        {
            result.Write(json[at..range.Start.Value]);
            result.Write(Encoding.UTF8.GetBytes(text));
            at = range.End.Value;
        }

        result.Write(json[at..]);
        return result.ToArray();
    }
}
