using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace EdgeVision.Cloud.Protocol;

/// <summary>Reads the body of <c>infer</c>: JSON, and behind it, with the binary tensor extension, the tensors' bytes.</summary>
/// <remarks>Open Inference Protocol, "Inference" and "Binary Tensor Data extension".</remarks>
internal static class InferRequestReader
{
    private const int MaxTensors = 64, MaxDimensions = 16;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <summary>Null, with a sentence, for a body that is no request.</summary>
    /// <param name="body">All of it.</param>
    /// <param name="jsonLength">The header <c>Inference-Header-Content-Length</c>; null without it: then all of the body is JSON.</param>
    /// <param name="error">What is wrong and what was expected.</param>
    public static InferRequest? Read(ReadOnlyMemory<byte> body, int? jsonLength, out string error)
    {
        error = "";
        if (jsonLength < 0 || jsonLength > body.Length)
        {
            error = Invariant($"Inference-Header-Content-Length is {jsonLength}, and the body has {body.Length} bytes; the length of the JSON in front of the tensors was expected.");
            return null;
        }

        var (json, binary) = jsonLength is { } length ? (body[..length], body[length..]) : (body, default);
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return Read(document.RootElement, binary, ref error);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: texts with lone surrogates, which are read late.
            error = $"The body is not JSON as the Open Inference Protocol has it ({e.Message.Split(". ")[0].TrimEnd('.')}); an object with 'inputs' was expected.";
            return null;
        }
    }

    private static InferRequest? Read(JsonElement root, ReadOnlyMemory<byte> binary, ref string error)
    {
        if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("inputs", out var list) || list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() is 0 or > MaxTensors)
        {
            error = Invariant($"'inputs' is missing or no list of 1 to {MaxTensors} tensors.");
            return null;
        }

        var inputs = new List<Tensor>();
        foreach (var item in list.EnumerateArray())
        {
            if (ReadTensor(item, ref binary, ref error) is not { } tensor) return null;
            inputs.Add(tensor);
        }

        if (binary.Length > 0)
        {
            error = Invariant($"{binary.Length} bytes are left behind the last tensor; 'binary_data_size' of the inputs must add up to what follows the JSON.");
            return null;
        }

        var outputs = ReadOutputs(root, ref error);
        return outputs is null ? null : new InferRequest(Text(root, "id"), inputs, outputs, Flag(root, "binary_data_output") == true);
    }

    private static List<WantedOutput>? ReadOutputs(JsonElement root, ref string error)
    {
        var outputs = new List<WantedOutput>();
        if (!root.TryGetProperty("outputs", out var list)) return outputs;
        if (list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() > MaxTensors)
        {
            error = Invariant($"'outputs' is no list of at most {MaxTensors}.");
            return null;
        }

        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind is not JsonValueKind.Object || Text(item, "name") is not { } name)
            {
                error = "An entry of 'outputs' has no 'name'.";
                return null;
            }

            outputs.Add(new WantedOutput(name, Flag(item, "binary_data")));
        }

        return outputs;
    }

    private static Tensor? ReadTensor(JsonElement item, ref ReadOnlyMemory<byte> binary, ref string error)
    {
        if (item.ValueKind is not JsonValueKind.Object || Text(item, "name") is not { } name || Text(item, "datatype") is not { } type || ReadShape(item) is not { } shape)
        {
            error = "An entry of 'inputs' needs 'name', 'datatype' and 'shape', a list of whole numbers.";
            return null;
        }

        var (size, count) = (TensorType.SizeOf(type), Tensor.Count(shape));
        if ((size == 0 && type != TensorType.Bytes) || count < 0 || (long)Math.Max(1, size) * count > int.MaxValue)
        {
            error = $"Input '{name}' is {type} [{string.Join(',', shape)}]; a datatype of the protocol and a shape of at most 2 GB were expected.";
            return null;
        }

        if (Parameter(item, "binary_data_size") is { ValueKind: JsonValueKind.Number } given)
        {
            var wanted = given.TryGetInt64(out var length) ? length : -1;
            if (wanted < 0 || wanted > binary.Length || (size > 0 && wanted != size * count))
            {
                error = Invariant($"Input '{name}' says binary_data_size {wanted}, {(size > 0 ? size * count : 0)} bytes were expected of its shape and {binary.Length} follow the JSON.");
                return null;
            }

            var data = binary[..(int)wanted];
            binary = binary[(int)wanted..];
            return new Tensor(name, type, shape, data);
        }

        if (!item.TryGetProperty("data", out var values) || values.ValueKind is not JsonValueKind.Array)
        {
            error = $"Input '{name}' has neither 'data' nor the parameter 'binary_data_size'.";
            return null;
        }

        if (ReadData(values, type, (int)count) is { } read) return new Tensor(name, type, shape, read);
        error = Invariant($"'data' of input '{name}' is not {count} values of {type}{(type == TensorType.Bytes ? " (of BYTES: text in base64)" : "")}.");
        return null;
    }

    private static long[]? ReadShape(JsonElement item)
    {
        if (!item.TryGetProperty("shape", out var list) || list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() > MaxDimensions) return null;
        var shape = new long[list.GetArrayLength()];
        var at = 0;
        foreach (var side in list.EnumerateArray())
        {
            if (side.ValueKind is not JsonValueKind.Number || !side.TryGetInt64(out shape[at++])) return null;
        }

        return shape;
    }

    /// <summary>Flat or nested as the shape is, as the protocol allows.</summary>
    private static byte[]? ReadData(JsonElement values, string type, int count)
    {
        if (type == TensorType.Bytes) return ReadTexts(values, count);
        var size = TensorType.SizeOf(type);
        var data = new byte[size * count];
        var at = 0;
        return Fill(values, type, size, data, ref at) && at == data.Length ? data : null;
    }

    private static bool Fill(JsonElement values, string type, int size, byte[] data, ref int at)
    {
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind is JsonValueKind.Array)
            {
                if (!Fill(value, type, size, data, ref at)) return false;
                continue;
            }

            if (at + size > data.Length || !TryWrite(value, type, data.AsSpan(at, size))) return false;
            at += size;
        }

        return true;
    }

    private static bool TryWrite(JsonElement value, string type, Span<byte> into)
    {
        if (type == "BOOL")
        {
            into[0] = value.ValueKind is JsonValueKind.True ? (byte)1 : (byte)0;
            return value.ValueKind is JsonValueKind.True or JsonValueKind.False;
        }

        if (value.ValueKind is not JsonValueKind.Number) return false;
        switch (type)
        {
            case "FP32": return value.TryGetSingle(out var single) && Wrote(BinaryPrimitives.TryWriteSingleLittleEndian(into, single));
            case "FP64": return value.TryGetDouble(out var real) && Wrote(BinaryPrimitives.TryWriteDoubleLittleEndian(into, real));
            case "FP16": return value.TryGetSingle(out var half) && Wrote(BinaryPrimitives.TryWriteHalfLittleEndian(into, (Half)half));
            case "UINT8": return value.TryGetByte(out into[0]);
            case "INT8": return value.TryGetSByte(out var tiny) && Wrote((into[0] = unchecked((byte)tiny)) >= 0);
            case "UINT16": return value.TryGetUInt16(out var u16) && BinaryPrimitives.TryWriteUInt16LittleEndian(into, u16);
            case "INT16": return value.TryGetInt16(out var i16) && BinaryPrimitives.TryWriteInt16LittleEndian(into, i16);
            case "UINT32": return value.TryGetUInt32(out var u32) && BinaryPrimitives.TryWriteUInt32LittleEndian(into, u32);
            case "INT32": return value.TryGetInt32(out var i32) && BinaryPrimitives.TryWriteInt32LittleEndian(into, i32);
            case "UINT64": return value.TryGetUInt64(out var u64) && BinaryPrimitives.TryWriteUInt64LittleEndian(into, u64);
            case "INT64": return value.TryGetInt64(out var i64) && BinaryPrimitives.TryWriteInt64LittleEndian(into, i64);
            default: return false;
        }

        static bool Wrote(bool written) => written;
    }

    private static byte[]? ReadTexts(JsonElement values, int count)
    {
        using var data = new MemoryStream();
        Span<byte> length = stackalloc byte[4];
        foreach (var value in values.EnumerateArray())
        {
            if (value.ValueKind is not JsonValueKind.String || count-- == 0) return null;
            if (!value.TryGetBytesFromBase64(out var bytes)) return null;
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            data.Write(length);
            data.Write(bytes);
        }

        return count == 0 ? data.ToArray() : null;
    }

    private static JsonElement? Parameter(JsonElement of, string name) =>
        of.TryGetProperty("parameters", out var parameters) && parameters.ValueKind is JsonValueKind.Object && parameters.TryGetProperty(name, out var value) ? value : null;

    private static bool? Flag(JsonElement of, string name) => Parameter(of, name)?.ValueKind switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null };

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
