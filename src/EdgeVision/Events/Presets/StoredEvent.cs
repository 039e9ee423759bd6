using System.Globalization;
using System.Text.Json;

namespace EdgeVision.Events.Presets;

/// <summary>What presets need of an event as it lies in the outbox.</summary>
internal sealed class StoredEvent : IDisposable
{
    /// <summary>A frame is smaller, and products of this and a share stay whole numbers.</summary>
    private const int MaxSide = 1 << 20;

    private readonly JsonDocument _document;

    private StoredEvent(JsonDocument document, JsonElement data) => (_document, Data) = (document, data);

    /// <summary>The property <c>data</c>, an object.</summary>
    public JsonElement Data { get; }

    public required string Id { get; init; }

    /// <summary><c>frame</c>, <c>camera</c>, <c>rule</c> …</summary>
    public required string Family { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required long Sequence { get; init; }

    public required string Node { get; init; }

    /// <summary>Null for events of the node itself.</summary>
    public string? Camera { get; init; }

    /// <summary>0 for events of the node itself.</summary>
    public long CameraSequence { get; init; }

    public string? Severity => Text(_document.RootElement, "severity"u8);

    /// <summary>Where a picture of it lies.</summary>
    public string? DataRef => Text(_document.RootElement, "dataref"u8);

    public string? DataSha256 => Text(_document.RootElement, "datasha256"u8);

    /// <summary>What was seen on one frame; null when the event is not about one.</summary>
    public StoredSight? Sight { get; private set; }

    /// <summary>Null when it is no event of ours.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static StoredEvent? TryParse(ReadOnlyMemory<byte> body)
    {
        var document = JsonDocument.Parse(body);
        var stored = Of(document);
        if (stored is null) document.Dispose();
        return stored;
    }

    public void Dispose() => _document.Dispose();

    public static string? Text(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static StoredEvent? Of(JsonDocument document)
    {
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data"u8, out var data) || data.ValueKind != JsonValueKind.Object) return null;
        if (Text(root, "type"u8) is not { } type || FamilyOf(type) is not { } family) return null;
        if (Text(root, "id"u8) is not { } id || Text(data, "node"u8) is not { } node) return null;
        if (!root.TryGetProperty("time"u8, out var at) || at.ValueKind != JsonValueKind.String || !at.TryGetDateTimeOffset(out var time)) return null;
        if (Number(Text(root, "sequence"u8)) is not { } sequence) return null;
        var stored = new StoredEvent(document, data)
        {
            Id = id, Family = family, Time = time, Sequence = sequence, Node = node,
            Camera = Text(data, "camera"u8), CameraSequence = Number(Text(root, "camerasequence"u8)) ?? 0,
        };
        if (!data.TryGetProperty("objects"u8, out var objects)) return stored;
        stored.Sight = SightOf(data, objects);
        return stored.Sight is null || stored.Camera is null ? null : stored;
    }

    private static StoredSight? SightOf(JsonElement data, JsonElement objects)
    {
        if (objects.ValueKind != JsonValueKind.Array || Side(data, "width"u8) is not { } width || Side(data, "height"u8) is not { } height) return null;
        if (!data.TryGetProperty("frame"u8, out var frame) || frame.ValueKind != JsonValueKind.Number || !frame.TryGetInt64(out var number)) return null;
        if (!data.TryGetProperty("model"u8, out var model) || model.ValueKind != JsonValueKind.Object) return null;
        if (Text(model, "name"u8) is not { } name || Text(model, "version"u8) is not { } version) return null;
        var found = new List<StoredObject>(objects.GetArrayLength());
        foreach (var element in objects.EnumerateArray())
        {
            if (StoredObject.Of(element) is not { } one) return null;
            found.Add(one);
        }

        return new StoredSight(number, width, height, name, version, found);
    }

    private static int? Side(JsonElement data, ReadOnlySpan<byte> name) =>
        data.TryGetProperty(name, out var side) && side.ValueKind == JsonValueKind.Number && side.TryGetInt32(out var pixels) && pixels is > 0 and <= MaxSide ? pixels : null;

    private static long? Number(string? digits) => long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary><c>io.edgevision.{family}.v1</c>.</summary>
    private static string? FamilyOf(string type)
    {
        const string Before = "io.edgevision.", After = ".v1";
        var hasForm = type.StartsWith(Before, StringComparison.Ordinal) && type.EndsWith(After, StringComparison.Ordinal) && type.Length > Before.Length + After.Length;
        return hasForm ? type[Before.Length..^After.Length] : null;
    }
}
