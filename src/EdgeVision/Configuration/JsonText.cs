using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.Configuration;

/// <summary>Parses JSON that people wrote, with a sentence for each way in which it can be none; what it returns does not throw when it is read.</summary>
public static class JsonText
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        MaxDepth = 32,
    };

    /// <param name="json">UTF-8, with or without a byte order mark. Comments and trailing commas are fine; a key twice is not.</param>
    /// <param name="name">Of the file, for the error.</param>
    /// <param name="maxBytes">More are refused unread.</param>
    /// <param name="expected">Completes "… was expected."</param>
    /// <param name="error">One sentence, with line and column where there is one.</param>
    public static JsonObject? Parse(ReadOnlyMemory<byte> json, string name, int maxBytes, string expected, out string? error)
    {
        error = null;
        if (json.Length > maxBytes)
        {
            error = $"{name} has {json.Length} bytes; at most {maxBytes} were expected. Is it the right file?";
            return null;
        }

        if (json.Span.Contains((byte)0) || json.Span.IndexOfAnyExcept(" \t\r\n\uFEFF"u8) < 0)
        {
            error = $"{name} {(json.Span.Contains((byte)0) ? "is not UTF-8 text, it holds zero bytes" : "is empty")}; {expected} was expected.";
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var root = JsonObject.Create(document.RootElement.Clone())!;
                Touch(root);
                return root;
            }

            error = $"{name} holds a JSON {document.RootElement.ValueKind.ToString().ToLowerInvariant()}; {expected} was expected.";
        }
        catch (InvalidOperationException)
        {
            // From Touch, or from comparing the keys.
            error = $"{name} holds text that is not valid Unicode; save it as UTF-8 and remove lone surrogates such as \\ud800.";
        }
        catch (JsonException e)
        {
            error = Twice(json.Span, name) ?? $"{name} is not valid JSON at line {e.LineNumber + 1}, column {e.BytePositionInLine + 1}: {FirstSentence(e.Message)} Mend that line.";
        }

        return null;
    }

    /// <summary>Keys and texts are decoded on first use and throw then; here it is still the file's mistake.</summary>
    private static void Touch(JsonNode? node)
    {
        if (node is JsonObject section)
        {
            foreach (var (_, child) in section) Touch(child);
        }
        else if (node is JsonArray list)
        {
            foreach (var child in list) Touch(child);
        }
        else if (node?.GetValueKind() == JsonValueKind.String)
        {
            _ = node.GetValue<string>();
        }
    }

    /// <summary>The library says neither where a key stands twice nor in which object. Null when none does.</summary>
    private static string? Twice(ReadOnlySpan<byte> json, string name)
    {
        var start = json.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(json[start..], new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = Options.MaxDepth });
        var (open, path) = (new Stack<HashSet<string>>(), new Stack<string>());
        var key = "";
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    open.Push(new HashSet<string>(StringComparer.Ordinal));
                    path.Push(key);
                    key = "";
                }
                else if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    open.Pop();
                    key = path.Pop();
                }
                else if (reader.TokenType is JsonTokenType.PropertyName && !open.Peek().Add(key = reader.GetString()!))
                {
                    var before = json[..(start + (int)reader.TokenStartIndex)];
                    return $"{name} has the key \"{string.Join(':', path.Reverse().Append(key).Where(k => k.Length > 0))}\" twice, the second time at line {before.Count((byte)'\n') + 1}, column {before.Length - before.LastIndexOf((byte)'\n')}; keep one.";
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Then that is the mistake to tell.
        }

        return null;
    }

    private static string FirstSentence(string message) => message[..(message.IndexOf(". ", StringComparison.Ordinal) is var i and >= 0 ? i + 1 : message.Length)];
}
