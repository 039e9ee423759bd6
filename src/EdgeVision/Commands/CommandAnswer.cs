using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeVision.Commands;

/// <summary>What a command came to.</summary>
/// <param name="Status">As in HTTP: 200 done, 202 under way, 4xx the caller's mistake, 5xx ours.</param>
/// <param name="Body">UTF-8 JSON; <c>{"error":"…"}</c> with a sentence from 400 on.</param>
public readonly record struct CommandAnswer(int Status, ReadOnlyMemory<byte> Body)
{
    public const int Ok = 200, Accepted = 202, Mistaken = 400, Unknown = 404, Conflict = 409, TooLarge = 413, TooMany = 429, Broken = 500, Unavailable = 503, Late = 504;

    // Machines and terminals read it, no browser: names keep their letters.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object, whose properties <paramref name="write"/> writes.</summary>
    public static CommandAnswer Of(int status, Action<Utf8JsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new CommandAnswer(status, body.WrittenMemory);
    }

    /// <summary>It was not done.</summary>
    /// <param name="status">400 or above.</param>
    /// <param name="sentence">What happened, what was expected, what to do.</param>
    public static CommandAnswer Refusal(int status, string sentence) => Of(status, json => json.WriteString("error"u8, sentence));
}
