using System.Buffers;
using System.Text.Json;
using EdgeVision.Cloud.Models;

namespace EdgeVision.Cloud;

/// <summary>What the server and its models say of themselves.</summary>
internal static class MetadataWriter
{
    private static string Version => typeof(MetadataWriter).Assembly.GetName().Version?.ToString(3) ?? "0";

    public static ReadOnlyMemory<byte> OfServer() => Write(static json =>
    {
        json.WriteString("name", "edgevision-cloud");
        json.WriteString("version", Version);
        json.WriteStartArray("extensions");
        json.WriteStringValue("binary_tensor_data");
        json.WriteEndArray();
    });

    /// <summary>Not of the protocol: what is there, for people.</summary>
    public static ReadOnlyMemory<byte> OfShelf(IReadOnlyList<ServedModel> models) => Write(json =>
    {
        json.WriteStartArray("models");
        foreach (var model in models)
        {
            foreach (var name in (string[])[model.Name, model.Name + ServedModel.Detect])
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("version", model.Version);
                json.WriteEndObject();
            }
        }

        json.WriteEndArray();
    });

    public static ReadOnlyMemory<byte> OfModel(ServedModel model, bool images, IReadOnlyList<string> versions) => Write(json =>
    {
        json.WriteString("name", images ? model.Name + ServedModel.Detect : model.Name);
        json.WriteStartArray("versions");
        foreach (var version in versions) json.WriteStringValue(version);
        json.WriteEndArray();
        json.WriteString("platform", images ? "edgevision_detect" : "onnxruntime_onnx");
        Write(json, "inputs", model.InputsOf(images));
        Write(json, "outputs", model.OutputsOf(images));
    });

    public static ReadOnlyMemory<byte> OfError(string sentence) => Write(json => json.WriteString("error", sentence));

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<TensorPort> ports)
    {
        json.WriteStartArray(name);
        foreach (var port in ports)
        {
            json.WriteStartObject();
            json.WriteString("name", port.Name);
            json.WriteString("datatype", port.Type);
            json.WriteStartArray("shape");
            foreach (var side in port.Shape) json.WriteNumberValue(side);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
