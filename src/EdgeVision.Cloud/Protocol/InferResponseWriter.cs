using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace EdgeVision.Cloud.Protocol;

/// <summary>Writes the answer of <c>infer</c>.</summary>
internal static class InferResponseWriter
{
    /// <summary>The JSON, and the outputs whose bytes follow it.</summary>
    public static (ReadOnlyMemory<byte> Json, IReadOnlyList<Tensor> Binary) Write(InferRequest request, string model, string version, IReadOnlyList<Tensor> outputs)
    {
        var (buffer, binary) = (new ArrayBufferWriter<byte>(4096), new List<Tensor>());
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model_name"u8, model);
            json.WriteString("model_version"u8, version);
            if (request.Id is { } id) json.WriteString("id"u8, id);
            json.WriteStartArray("outputs"u8);
            foreach (var output in outputs)
            {
                if (Write(json, output, IsBinary(request, output.Name))) binary.Add(output);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return (buffer.WrittenMemory, binary);
    }

    private static bool IsBinary(InferRequest request, string name) => request.Outputs.FirstOrDefault(o => o.Name == name)?.IsBinary ?? request.IsBinary;

    /// <summary>True when its bytes are to follow.</summary>
    private static bool Write(Utf8JsonWriter json, Tensor output, bool isBinary)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, output.Name);
        json.WriteString("datatype"u8, output.Type);
        json.WriteStartArray("shape"u8);
        foreach (var side in output.Shape) json.WriteNumberValue(side);
        json.WriteEndArray();
        if (isBinary)
        {
            json.WriteStartObject("parameters"u8);
            json.WriteNumber("binary_data_size"u8, output.Data.Length);
            json.WriteEndObject();
        }
        else
        {
            json.WriteStartArray("data"u8);
            WriteData(json, output);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        return isBinary;
    }

    private static void WriteData(Utf8JsonWriter json, Tensor output)
    {
        var data = output.Data.Span;
        switch (output.Type)
        {
            case "FP32":
                foreach (var value in MemoryMarshal.Cast<byte, float>(data)) WriteReal(json, value);
                break;
            case "FP64":
                foreach (var value in MemoryMarshal.Cast<byte, double>(data)) WriteReal(json, value);
                break;
            case "FP16":
                foreach (var value in MemoryMarshal.Cast<byte, Half>(data)) WriteReal(json, (float)value);
                break;
            case "BOOL":
                foreach (var value in data) json.WriteBooleanValue(value != 0);
                break;
            case TensorType.Bytes:
                for (var at = 0; at < data.Length; at += 4 + BinaryPrimitives.ReadInt32LittleEndian(data[at..])) json.WriteStringValue(data.Slice(at + 4, BinaryPrimitives.ReadInt32LittleEndian(data[at..])));
                break;
            default:
                WriteWhole(json, output.Type, data);
                break;
        }
    }

    private static void WriteWhole(Utf8JsonWriter json, string type, ReadOnlySpan<byte> data)
    {
        var size = TensorType.SizeOf(type);
        for (var at = 0; at < data.Length; at += size)
        {
            var value = data.Slice(at, size);
            switch (type)
            {
                case "UINT8": json.WriteNumberValue(value[0]); break;
                case "INT8": json.WriteNumberValue(unchecked((sbyte)value[0])); break;
                case "UINT16": json.WriteNumberValue(BinaryPrimitives.ReadUInt16LittleEndian(value)); break;
                case "INT16": json.WriteNumberValue(BinaryPrimitives.ReadInt16LittleEndian(value)); break;
                case "UINT32": json.WriteNumberValue(BinaryPrimitives.ReadUInt32LittleEndian(value)); break;
                case "INT32": json.WriteNumberValue(BinaryPrimitives.ReadInt32LittleEndian(value)); break;
                case "UINT64": json.WriteNumberValue(BinaryPrimitives.ReadUInt64LittleEndian(value)); break;
                default: json.WriteNumberValue(BinaryPrimitives.ReadInt64LittleEndian(value)); break;
            }
        }
    }

    /// <summary>JSON has no infinity and no NaN.</summary>
    private static void WriteReal(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }

    private static void WriteReal(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }
}
