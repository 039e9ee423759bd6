namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>main_header of the NUT specification: the time bases, the table of frame codes and the elision headers.</summary>
internal sealed class NutMainHeader
{
    private const int Codes = 256, MaxTimeBases = 16, MaxElisionBytes = 256;

    /// <summary>Larger data begins with no elided header (the specification's limit).</summary>
    public const int MaxElidedData = 4096;

    private NutMainHeader()
    {
    }

    public required (long Numerator, long Denominator)[] TimeBases { get; init; }

    /// <summary>Syncpoints carry the wall clock of the sender, too.</summary>
    public required bool IsBroadcast { get; init; }

    public required NutFrameCode[] FrameCodes { get; init; }

    /// <summary>The first is empty: nothing was left out.</summary>
    public required byte[][] Elisions { get; init; }

    /// <exception cref="InvalidDataException">Anything a video alone has no use for.</exception>
    public static NutMainHeader Parse(ReadOnlySpan<byte> data)
    {
        var fields = new NutFields(data);
        var version = fields.Number("the version of NUT", 2, 4);
        if (version > 3) fields.Number();     // minor version
        fields.Number("the number of streams", 1, 1);
        fields.Number();                      // max_distance: of use for seeking
        var timeBases = new (long, long)[fields.Number("the number of time bases", 1, MaxTimeBases)];
        for (var i = 0; i < timeBases.Length; i++) timeBases[i] = (fields.Number("a time base", 1, int.MaxValue), fields.Number("a time base", 1, int.MaxValue));
        var codes = ParseFrameCodes(ref fields);
        var elisions = ParseElisions(ref fields);
        return new NutMainHeader { TimeBases = timeBases, FrameCodes = codes, Elisions = elisions, IsBroadcast = version > 3 && (fields.Number() & 1) != 0 };
    }

    private static NutFrameCode[] ParseFrameCodes(ref NutFields fields)
    {
        var codes = new NutFrameCode[Codes];
        long pts = 0;
        int factor = 1, stream = 0, elided = 0;
        for (var i = 0; i < Codes;)
        {
            var flags = (NutFlags)fields.Number("frame flags", 0, 0xFFFF);
            var given = fields.Number("a number of fields", 0, 64);
            if (given > 0) pts = fields.Signed();
            if (given > 1) factor = fields.Number("a factor of sizes", 0, 0xFFFF);
            if (given > 2) stream = fields.Number("a stream", 0, 0);
            var rest = given > 3 ? fields.Number("a size", 0, 0xFFFF) : 0;
            var reserved = given > 4 ? fields.Number("a number of reserved fields", 0, 256) : 0;
            var count = given > 5 ? fields.Number("a number of frame codes", 0, Codes) : factor - rest;
            if (given > 6) fields.Signed();   // match_time_delta
            if (given > 7) elided = fields.Number("an elision header", 0, 127);
            for (var j = 8; j < given; j++) fields.Number();
            if (count <= 0) throw new InvalidDataException("the table of frame codes does not go on");
            for (var j = 0; j < count && i < Codes; i++)
            {
                // No frame begins with 'N': start codes do.
                if (i == 'N') codes[i] = new NutFrameCode(NutFlags.Invalid, 0, 0, 0, 0, 0, 0);
                else codes[i] = new NutFrameCode(flags, stream, factor, rest + j++, pts, reserved, elided);
            }
        }

        return codes;
    }

    private static byte[][] ParseElisions(ref NutFields fields)
    {
        var elisions = new byte[fields.Number("the number of elision headers", 0, 127) + 1][];
        elisions[0] = [];
        var bytes = 0;
        for (var i = 1; i < elisions.Length; i++)
        {
            elisions[i] = fields.Bytes(MaxElisionBytes).ToArray();
            bytes += elisions[i].Length;
        }

        return bytes <= 1024 ? elisions : throw new InvalidDataException("the elision headers are longer than 1024 bytes");
    }
}
