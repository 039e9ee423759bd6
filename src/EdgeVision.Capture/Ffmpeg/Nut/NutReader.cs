using System.Buffers.Binary;

namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>
/// Reads the NUT container as a child process pipes it to us: one stream of raw video, no seeking, no index. A pipe loses nothing, so whatever
/// does not fit is an error and not searched over. Allocates only for headers, and those are bounded.
/// </summary>
/// <remarks>"NUT Open Container Format" (nut.txt of ffmpeg's and MPlayer's nut repository), versions 2 to 4, without side data in frames.</remarks>
internal sealed class NutReader(NutInput input)
{
    /// <summary>Headers of ours have some hundred bytes; a tag that somebody wrote into a stream may be longer.</summary>
    public const int MaxHeaderBytes = 1 << 16;

    private const ulong MainCode = 0x4E4D_7A56_1F5F_04AD, StreamCode = 0x4E53_1140_5BF2_F9DB, SyncCode = 0x4E4B_E4AD_EECA_4569;
    private const ulong IndexCode = 0x4E58_DD67_2F23_E64E, InfoCode = 0x4E49_AB68_B596_BA78;

    private readonly byte[] _elided = new byte[NutMainHeader.MaxElidedData];
    private byte[] _header = new byte[1024];
    private NutMainHeader? _main;
    private NutStream? _stream;
    private long _lastPts;
    private int _elidedLength;

    private static ReadOnlySpan<byte> FileId => "nut/multimedia container\0"u8;

    /// <summary>As the last stream header said; known once a frame's header was read.</summary>
    public NutStream Stream => _stream ?? throw new InvalidOperationException("No frame has been read.");

    /// <summary>The next frame's header; its data must be read before the next call. False at the end of the stream.</summary>
    /// <exception cref="InvalidDataException">This is no NUT, or none of ours; the message is a clause.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within a frame or header.</exception>
    public bool TryReadFrame(out NutFrame frame)
    {
        if (_main is null && !TryReadStart())
        {
            frame = default;
            return false;
        }

        while (input.TryReadByte(out var first))
        {
            if (first == 'N') ReadPacket(first);
            else if (TryReadFrameHeader(first, out frame)) return true;
        }

        frame = default;
        return false;
    }

    /// <summary>The data of the frame whose header was read last.</summary>
    /// <param name="into">As long as the frame.</param>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public void ReadData(Span<byte> into)
    {
        _elided.AsSpan(0, _elidedLength).CopyTo(into);
        input.ReadExactly(into[_elidedLength..]);
        _elidedLength = 0;
    }

    /// <summary>File id, main header, stream header. False when there is nothing at all.</summary>
    private bool TryReadStart()
    {
        if (!input.TryReadByte(out var first)) return false;
        Span<byte> id = stackalloc byte[FileId.Length];
        id[0] = first;
        input.ReadExactly(id[1..]);
        if (!id.SequenceEqual(FileId)) throw new InvalidDataException("it does not begin as NUT does");
        ReadPacket(input.ReadByte());
        if (_main is null) throw new InvalidDataException("the main header is missing");
        return true;
    }

    private void ReadPacket(byte first)
    {
        Span<byte> code = stackalloc byte[8];
        code[0] = first;
        input.ReadExactly(code[1..]);
        var what = BinaryPrimitives.ReadUInt64BigEndian(code);
        if (what is not (MainCode or StreamCode or SyncCode or IndexCode or InfoCode)) throw new InvalidDataException($"the start code {what:X16} is not known");

        var data = ReadPacketData();
        switch (what)
        {
            case MainCode:
                _main = NutMainHeader.Parse(data);
                break;
            case StreamCode:
                _stream = ParseStream(data, _main ?? throw new InvalidDataException("a stream header comes before the main header"));
                break;
            case SyncCode:
                Synchronise(data);
                break;
            default:
                break;
        }
    }

    private ReadOnlySpan<byte> ReadPacketData()
    {
        var length = input.ReadNumber();
        if (length is < 4 or > MaxHeaderBytes) throw new InvalidDataException($"a header of {length} bytes, from 4 to {MaxHeaderBytes} were expected");
        Span<byte> checksum = stackalloc byte[4];
        if (length > 4096) input.ReadExactly(checksum);     // of the length; what it says was bounded above
        if (length > _header.Length) _header = new byte[length];
        var data = _header.AsSpan(0, (int)length);
        input.ReadExactly(data);
        if (NutChecksum.Of(data) != 0) throw new InvalidDataException("the checksum of a header is wrong");
        return data[..^4];
    }

    private static NutStream ParseStream(ReadOnlySpan<byte> data, NutMainHeader main)
    {
        var fields = new NutFields(data);
        fields.Number("a stream", 0, 0);
        if (fields.Number() != 0) throw new InvalidDataException("the stream is no video");
        var fourCc = fields.Bytes(4);
        if (fourCc.Length != 4) throw new InvalidDataException("the name of the pixel format has not four letters");
        var timeBase = main.TimeBases[fields.Number("a time base", 0, main.TimeBases.Length - 1)];
        var ptsBits = fields.Number("the bits of a time stamp", 0, 31);
        fields.Number();                      // max_pts_distance
        fields.Number();                      // decode_delay
        fields.Number();                      // stream flags
        fields.Bytes(MaxHeaderBytes);         // codec's own
        return new NutStream(BinaryPrimitives.ReadUInt32LittleEndian(fourCc), fields.Number("the width", 1, 1 << 15), fields.Number("the height", 1, 1 << 15),
            timeBase.Numerator, timeBase.Denominator, ptsBits);
    }

    /// <summary>The time stamp that the next frames' are counted from.</summary>
    private void Synchronise(ReadOnlySpan<byte> data)
    {
        if (_main is null || _stream is not { } stream) throw new InvalidDataException("a syncpoint comes before the headers");
        var fields = new NutFields(data);
        var coded = fields.Number();
        var (numerator, denominator) = _main.TimeBases[coded % _main.TimeBases.Length];
        var pts = (Int128)(coded / _main.TimeBases.Length) * numerator * stream.Denominator / ((Int128)denominator * stream.Numerator);
        if (pts > long.MaxValue / 4) throw new InvalidDataException("a time stamp is beyond all clocks");
        _lastPts = (long)pts;
    }

    private bool TryReadFrameHeader(byte first, out NutFrame frame)
    {
        if (_stream is not { } stream) throw new InvalidDataException("a frame comes before the stream header");
        var code = _main!.FrameCodes[first];
        var flags = code.Flags;
        if ((flags & NutFlags.CodedFlags) != 0) flags ^= (NutFlags)(input.ReadNumber() & 0xFFFF);
        if ((flags & (NutFlags.Invalid | NutFlags.SideData)) != 0) throw new InvalidDataException($"a frame begins with the code {first} and the flags {flags}");
        if ((flags & NutFlags.StreamId) != 0 && input.ReadNumber() != 0) throw new InvalidDataException("a frame of a stream that was not announced");
        _lastPts = (flags & NutFlags.CodedPts) != 0 ? FullPts(input.ReadNumber(), stream.PtsBits) : _lastPts + code.PtsDelta;
        if (Math.Abs(_lastPts) > long.MaxValue / 4) throw new InvalidDataException("a time stamp is beyond all clocks");
        var coded = (flags & NutFlags.CodedSize) != 0 ? input.ReadNumber() : 0;
        if (coded > int.MaxValue) throw new InvalidDataException("a frame is larger than any picture");
        var length = code.SizeRest + (coded * code.SizeFactor);
        if ((flags & NutFlags.MatchTime) != 0) input.ReadNumber();
        var elided = (flags & NutFlags.ElidedHeader) != 0 ? input.ReadNumber() : code.Elided;
        PassReserved((flags & NutFlags.Reserved) != 0 ? input.ReadNumber() : code.Reserved);
        if ((flags & NutFlags.Checksum) != 0) PassReservedBytes();

        frame = new NutFrame(stream.ToTime(_lastPts), Elide(elided, length));
        return (flags & NutFlags.EndOfRelevance) == 0 || length > 0;
    }

    /// <summary>A time stamp of few bits is the one nearest to the last; one of more has its value above them (the specification's coded_pts).</summary>
    private long FullPts(long coded, int bits)
    {
        var range = 1L << bits;
        if (coded >= range) return coded - range;
        var mask = range - 1;
        var lowest = _lastPts - (mask / 2);
        return ((coded - lowest) & mask) + lowest;
    }

    private void PassReserved(long count)
    {
        if (count > 256) throw new InvalidDataException("a frame has too many reserved fields");
        for (var i = 0; i < count; i++) input.ReadNumber();
    }

    private void PassReservedBytes()
    {
        Span<byte> checksum = stackalloc byte[4];
        input.ReadExactly(checksum);
    }

    /// <summary>What of the data was left out because the main header has it; checked and kept for <see cref="ReadData"/>.</summary>
    private int Elide(long index, long length)
    {
        if (index >= _main!.Elisions.Length) throw new InvalidDataException("a frame begins with an elision header that was not announced");
        if (length > int.MaxValue) throw new InvalidDataException("a frame is larger than any picture");
        var header = length > NutMainHeader.MaxElidedData ? [] : _main.Elisions[index];
        if (header.Length > length) throw new InvalidDataException("a frame is shorter than what it begins with");
        header.CopyTo(_elided.AsSpan());
        _elidedLength = header.Length;
        return (int)length;
    }
}
