using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Azure.Cloud;

/// <summary>Reads the answer of <c>NAME-detect</c>: JSON, and behind it the tensors' bytes.</summary>
/// <remarks>Open Inference Protocol, "Binary Tensor Data extension".</remarks>
internal static class CloudAnswerReader
{
    /// <summary>Objects of an answer; more are not believed.</summary>
    public const int MaxObjects = 1000;

    private const int MaxLabelBytes = 200;

    /// <summary>Null, with a sentence, for what is no such answer.</summary>
    /// <param name="body">All of it.</param>
    /// <param name="jsonLength">Of the JSON in front.</param>
    /// <param name="error">What is wrong.</param>
    public static CloudAnswer? Read(ReadOnlyMemory<byte> body, int jsonLength, out string error)
    {
        error = "it is not what the Open Inference Protocol has for boxes, scores and labels";
        if (jsonLength < 0 || jsonLength > body.Length) return null;
        try
        {
            using var document = JsonDocument.Parse(body[..jsonLength]);
            return Read(document.RootElement, body[jsonLength..]);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static CloudAnswer? Read(JsonElement root, ReadOnlyMemory<byte> data)
    {
        if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("outputs", out var outputs) || outputs.ValueKind is not JsonValueKind.Array || outputs.GetArrayLength() > 16) return null;
        ReadOnlyMemory<byte> boxes = default, scores = default, labels = default, size = default;
        foreach (var output in outputs.EnumerateArray())
        {
            if (!TryTake(output, ref data, out var name, out var bytes)) return null;
            if (name == "boxes") boxes = bytes;
            else if (name == "scores") scores = bytes;
            else if (name == "labels") labels = bytes;
            else if (name == "size") size = bytes;
        }

        var count = scores.Length / sizeof(float);
        if (size.Length != 8 || count > MaxObjects || scores.Length != count * sizeof(float) || boxes.Length != count * 4 * sizeof(float)) return null;
        var (width, height) = (BinaryPrimitives.ReadInt32LittleEndian(size.Span), BinaryPrimitives.ReadInt32LittleEndian(size.Span[4..]));
        if (width is < 1 or > 65_536 || height is < 1 or > 65_536 || ReadLabels(labels.Span, count) is not { } words) return null;
        var names = words.Distinct(StringComparer.Ordinal).ToList();
        var found = new List<Detection>(count);
        for (var i = 0; i < count; i++)
        {
            var score = BinaryPrimitives.ReadSingleLittleEndian(scores.Span[(i * 4)..]);
            if (ReadBox(boxes.Span[(i * 16)..], width, height) is not { } box || !(score >= 0 && score <= 1)) return null;
            found.Add(new Detection(names.IndexOf(words[i]), score, box));
        }

        found.Sort(static (a, b) => b.Confidence.CompareTo(a.Confidence));
        var model = new ModelIdentity(Text(root, "model_name") ?? "", Text(root, "model_version") ?? "", "", names);
        return new CloudAnswer(found, model, width, height, null);
    }

    private static bool TryTake(JsonElement output, ref ReadOnlyMemory<byte> data, out string name, out ReadOnlyMemory<byte> bytes)
    {
        (name, bytes) = ("", default);
        if (output.ValueKind is not JsonValueKind.Object || Text(output, "name") is not { } named) return false;
        if (!output.TryGetProperty("parameters", out var parameters) || parameters.ValueKind is not JsonValueKind.Object || !parameters.TryGetProperty("binary_data_size", out var given)) return false;
        if (given.ValueKind is not JsonValueKind.Number || !given.TryGetInt32(out var length) || length < 0 || length > data.Length) return false;
        (name, bytes, data) = (named, data[..length], data[length..]);
        return true;
    }

    /// <summary>Null for one that is no box; what reaches beyond the picture is cut.</summary>
    private static Box? ReadBox(ReadOnlySpan<byte> bytes, int width, int height)
    {
        Span<float> sides = stackalloc float[4];
        for (var i = 0; i < 4; i++)
        {
            sides[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]);
            if (!float.IsFinite(sides[i])) return null;
        }

        return new Box(sides[0], sides[1], Math.Max(sides[0], sides[2]), Math.Max(sides[1], sides[3])).ClipTo(width, height);
    }

    private static List<string>? ReadLabels(ReadOnlySpan<byte> data, int count)
    {
        var words = new List<string>(count);
        while (data.Length >= 4 && words.Count < count)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(data);
            if (length is < 1 or > MaxLabelBytes || length > data.Length - 4) return null;
            words.Add(Encoding.UTF8.GetString(data.Slice(4, length)));
            data = data[(4 + length)..];
        }

        return words.Count == count && data.IsEmpty ? words : null;
    }

    private static string? Text(JsonElement of, string key) => of.TryGetProperty(key, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
