namespace EdgeVision.Models;

/// <summary>
/// Reads the header of an ONNX file: field numbers are those of onnx.proto (ONNX 1.19, IR version 11). Nodes and weights are stepped over.
/// The file comes from outside: everything is bounded, nothing recurses, whatever is broken is one <see cref="ModelException"/>.
/// </summary>
internal sealed class OnnxHeaderReader
{
    public const int MaxMetadataBytes = 4 << 20;

    /// <summary>Larger files cannot exist: protobuf ends here.</summary>
    public const long MaxFileBytes = (2L << 30) - 1;

    private const int MaxNameBytes = 1000;
    private const int MaxValueInfoBytes = 64 << 10;
    private const int MaxValues = 10_000;
    private const int MaxDimensions = 32;
    private const int MaxMetadata = 1000;
    private const int MaxOpsets = 200;

    /// <summary>A field is two bytes at least, so a file of nothing but fields could keep us for a while; real models have some 10,000.</summary>
    private const int MaxFields = 2_000_000;

    private readonly ProtobufStream _file;
    private readonly Dictionary<string, long> _opsets = [];
    private readonly Dictionary<string, string> _metadata = [];
    private readonly List<OnnxValue> _inputs = [];
    private readonly List<OnnxValue> _outputs = [];
    private readonly HashSet<string> _initialisers = [];
    private string _producer = "";
    private string _producerVersion = "";
    private string? _externalData;
    private long _irVersion;
    private long _modelVersion;
    private bool _hasGraph;
    private int _nodes;
    private int _fields;
    private int _metadataBytes;

    private OnnxHeaderReader(ProtobufStream file) => _file = file;

    public static OnnxHeader Read(Stream stream, string name)
    {
        if (stream.Length > MaxFileBytes) throw new ModelException($"'{name}' has {stream.Length >> 20} MB; an ONNX file has less than 2048. Is it the right file?");
        try
        {
            var reader = new OnnxHeaderReader(new ProtobufStream(stream));
            reader.ReadModel();
            return reader.Header();
        }
        catch (InvalidDataException e)
        {
            stream.Position = 0;
            throw new ModelException($"'{name}' is no ONNX model, or is cut off or changed ({FileSignature.Name(stream) ?? e.Message}); an ONNX model was expected. Export or copy it again.", e);
        }
    }

    private OnnxHeader Header() => new()
    {
        IrVersion = _irVersion,
        Producer = $"{_producer} {_producerVersion}".Trim(),
        ModelVersion = _modelVersion,
        Opsets = _opsets,
        Metadata = _metadata,
        Inputs = [.. _inputs.Where(i => !_initialisers.Contains(i.Name))],
        Outputs = _outputs,
        Nodes = _nodes,
        ExternalData = _externalData,
    };

    private void ReadModel()
    {
        while (Next(_file.Length) is { } field)
        {
            switch (field.Number)
            {
                case 1: _irVersion = field.Value; break;
                case 2 when field.HasBytes: _producer = Name(field); break;
                case 3 when field.HasBytes: _producerVersion = Name(field); break;
                case 5: _modelVersion = field.Value; break;
                case 7 when field.HasBytes: ReadGraph(field.End); break;
                case 8 when field.HasBytes: ReadOpset(field.End); break;
                case 14 when field.HasBytes: ReadMetadata(field.End); break;
            }

            _file.Skip(field);
        }

        if (!_hasGraph || _outputs.Count == 0) throw new InvalidDataException("it holds no graph with outputs");
    }

    private void ReadGraph(long end)
    {
        _hasGraph = true;
        while (Next(end) is { } field)
        {
            switch (field.Number)
            {
                case 1: _nodes++; break;
                case 5 when field.HasBytes: ReadInitialiser(field.End); break;
                case 11 when field.HasBytes: Add(_inputs, field); break;
                case 12 when field.HasBytes: Add(_outputs, field); break;
            }

            _file.Skip(field);
        }
    }

    /// <summary>Its name, and whether its numbers lie elsewhere.</summary>
    private void ReadInitialiser(long end)
    {
        while (Next(end) is { } field)
        {
            if (field.Number == 8 && field.HasBytes && _initialisers.Count < MaxValues) _initialisers.Add(Name(field));
            else if (field.Number == 13 && field.HasBytes) _externalData ??= ReadPair(field.End, "location");
            _file.Skip(field);
        }
    }

    private void ReadOpset(long end)
    {
        var (domain, version) = ("", 0L);
        while (Next(end) is { } field)
        {
            if (field.Number == 1 && field.HasBytes) domain = Name(field);
            else if (field.Number == 2) version = field.Value;
            _file.Skip(field);
        }

        if (_opsets.Count >= MaxOpsets) throw _file.Broken("more than 200 operator sets");
        _opsets[domain] = version;
    }

    private void ReadMetadata(long end)
    {
        var (key, value) = ReadPair(end);
        _metadataBytes += key.Length + value.Length;
        if (_metadata.Count >= MaxMetadata || _metadataBytes > MaxMetadataBytes) throw _file.Broken("more metadata than a model has");
        _metadata[key] = value;
    }

    private string? ReadPair(long end, string wanted) => ReadPair(end) is var (key, value) && key == wanted ? Line(value) : null;

    /// <summary>A StringStringEntryProto.</summary>
    private (string Key, string Value) ReadPair(long end)
    {
        var (key, value) = ("", "");
        while (Next(end) is { } field)
        {
            if (field.Number == 1 && field.HasBytes) key = Name(field);
            else if (field.Number == 2 && field.HasBytes) value = _file.ReadText(field, MaxMetadataBytes);
            _file.Skip(field);
        }

        return (key, value);
    }

    private void Add(List<OnnxValue> values, ProtobufField field)
    {
        if (values.Count >= MaxValues) throw _file.Broken("more than 10000 inputs or outputs");
        if (field.Value > MaxValueInfoBytes) throw _file.Broken("an input or output whose description is too long");
        var (name, type, dimensions) = ("", "unknown", default(List<OnnxDimension>));
        while (Next(field.End) is { } part)
        {
            if (part.Number == 1 && part.HasBytes) name = Name(part);
            else if (part.Number == 2 && part.HasBytes) (type, dimensions) = ReadType(part.End);
            _file.Skip(part);
        }

        values.Add(new OnnxValue(name, type, dimensions));
    }

    private (string Type, List<OnnxDimension>? Dimensions) ReadType(long end)
    {
        var (type, dimensions) = ("unknown", default(List<OnnxDimension>));
        while (Next(end) is { } field)
        {
            if (field.Number == 1 && field.HasBytes) (type, dimensions) = ReadTensorType(field.End);
            else if (field.HasBytes) type = field.Number switch { 4 => "sequence", 5 => "map", 8 => "sparse tensor", 9 => "optional", _ => type };
            _file.Skip(field);
        }

        return (type, dimensions);
    }

    private (string Type, List<OnnxDimension>? Dimensions) ReadTensorType(long end)
    {
        var (type, dimensions) = (0L, default(List<OnnxDimension>));
        while (Next(end) is { } field)
        {
            if (field.Number == 1) type = field.Value;
            else if (field.Number == 2 && field.HasBytes) dimensions = ReadShape(field.End);
            _file.Skip(field);
        }

        return (ElementType(type), dimensions);
    }

    private List<OnnxDimension> ReadShape(long end)
    {
        var dimensions = new List<OnnxDimension>();
        while (Next(end) is { } field)
        {
            if (field.Number == 1 && field.HasBytes)
            {
                if (dimensions.Count >= MaxDimensions) throw _file.Broken("a shape of more than 32 dimensions");
                dimensions.Add(ReadDimension(field.End));
            }

            _file.Skip(field);
        }

        return dimensions;
    }

    /// <summary>Exporters write an open dimension as a word, as nothing, or as 0 or -1.</summary>
    private OnnxDimension ReadDimension(long end)
    {
        var dimension = default(OnnxDimension);
        while (Next(end) is { } field)
        {
            if (field.Number == 1 && !field.HasBytes) dimension = new OnnxDimension(field.Value > 0 ? field.Value : null, null);
            else if (field.Number == 2 && field.HasBytes) dimension = new OnnxDimension(null, Name(field) is { Length: > 0 } word ? word : null);
            _file.Skip(field);
        }

        return dimension;
    }

    private ProtobufField? Next(long end)
    {
        if (_file.Position >= end) return null;
        if (++_fields > MaxFields) throw _file.Broken("more fields than a model has");
        return _file.ReadField(end);
    }

    private string Name(in ProtobufField field) => Line(_file.ReadText(field, MaxNameBytes));

    /// <summary>Names are shown on terminals and in logs: they stay on one line.</summary>
    private static string Line(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(static c => char.IsControl(c) ? '\uFFFD' : c)) : text;

    /// <summary>TensorProto.DataType.</summary>
    private static string ElementType(long type) => type switch
    {
        1 => "float32",
        2 => "uint8",
        3 => "int8",
        4 => "uint16",
        5 => "int16",
        6 => "int32",
        7 => "int64",
        8 => "string",
        9 => "bool",
        10 => "float16",
        11 => "float64",
        12 => "uint32",
        13 => "uint64",
        16 => "bfloat16",
        _ => $"type {type}",
    };
}
