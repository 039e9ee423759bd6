using System.Buffers.Binary;
using System.Text;

namespace EdgeVision.Models;

/// <summary>
/// Walks protobuf messages in a file without reading what is skipped, so that a model of gigabytes costs its headers. Wire format:
/// protobuf.dev/programming-guides/encoding. Never reads beyond the message it is in, never allocates more than it was allowed.
/// </summary>
internal sealed class ProtobufStream
{
    private readonly Stream _stream;
    private readonly byte[] _buffer = new byte[4096];
    private int _at;
    private int _filled;
    private long _loaded;

    public ProtobufStream(Stream stream) => (_stream, Length) = (stream, stream.Length);

    public long Length { get; }

    /// <summary>Bytes from the start of the stream.</summary>
    public long Position => _loaded - _filled + _at;

    /// <summary>The next field of the message that ends at <paramref name="end"/>.</summary>
    public ProtobufField ReadField(long end)
    {
        var tag = ReadVarint(end);
        var (number, wire) = (tag >> 3, (int)(tag & 7));
        if (number is 0 or > int.MaxValue >> 2) throw Broken("a field without a valid number");
        return wire switch
        {
            0 => new ProtobufField((int)number, (long)ReadVarint(end), Position),
            1 => Fixed((int)number, 8, end),
            2 => Bytes((int)number, end),
            5 => Fixed((int)number, 4, end),
            _ => throw Broken($"a field of wire type {wire}"),
        };
    }

    /// <summary>Moves to the end of a field.</summary>
    public void Skip(in ProtobufField field) => MoveTo(field.End);

    /// <summary>A field's bytes.</summary>
    public byte[] Read(in ProtobufField field, int maxBytes)
    {
        var length = field.End - Position;
        if (length > maxBytes) throw Broken($"a text or shape of {length} bytes");
        var bytes = new byte[length];
        for (var done = 0; done < bytes.Length;)
        {
            if (_at == _filled) Fill();
            var part = Math.Min(_filled - _at, bytes.Length - done);
            _buffer.AsSpan(_at, part).CopyTo(bytes.AsSpan(done));
            (_at, done) = (_at + part, done + part);
        }

        return bytes;
    }

    /// <summary>A field's text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string ReadText(in ProtobufField field, int maxBytes) => Encoding.UTF8.GetString(Read(field, maxBytes));

    public InvalidDataException Broken(string what) => new($"{what} at byte {Position}");

    private ProtobufField Bytes(int number, long end)
    {
        var length = ReadVarint(end);
        if (length > (ulong)(end - Position)) throw Broken($"a field of {length} bytes where {end - Position} are left");
        return new ProtobufField(number, (long)length, Position + (long)length) { HasBytes = true };
    }

    private ProtobufField Fixed(int number, int size, long end)
    {
        if (size > end - Position) throw Broken("a number that is cut off");
        return new ProtobufField(number, 0, Position + size);
    }

    private ulong ReadVarint(long end)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (Position >= end) throw Broken("a number that is cut off");
            if (_at == _filled) Fill();
            var part = _buffer[_at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80) return value;
        }

        throw Broken("a number of more than 10 bytes");
    }

    private void MoveTo(long position)
    {
        var ahead = position - Position;
        if (ahead <= _filled - _at)
        {
            _at += (int)ahead;
            return;
        }

        _loaded = _stream.Seek(position, SeekOrigin.Begin);
        (_at, _filled) = (0, 0);
    }

    private void Fill()
    {
        _at = 0;
        _filled = _stream.Read(_buffer);
        _loaded += _filled;
        if (_filled == 0) throw Broken("the end of the file");
    }
}
