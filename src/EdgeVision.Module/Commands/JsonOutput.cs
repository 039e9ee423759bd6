using System.Text.Encodings.Web;
using System.Text.Json;

namespace EdgeVision.Module.Commands;

/// <summary>One JSON document on stdout, for people and scripts.</summary>
internal static class JsonOutput
{
    // The output is a file or a pipe, not HTML: names keep their letters.
    private static readonly JsonWriterOptions Readable = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Action<Utf8JsonWriter> write)
    {
        using var stdout = Console.OpenStandardOutput();
        using (var json = new Utf8JsonWriter(stdout, Readable)) write(json);
        stdout.WriteByte((byte)'\n');
    }
}
