namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>
/// Bytes of a NUT stream in their order. Only headers go through its buffer: pixels are read straight to where they stay, so that a frame is
/// copied once.
/// </summary>
internal abstract class NutInput
{
    /// <summary>Larger ones would copy more of each frame twice: what lies behind a header in the buffer are pixels.</summary>
    private const int BufferBytes = 4096;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;

    /// <summary>Waits until there is something and gives at most as much as fits; 0 at the end.</summary>
    protected abstract int Read(Span<byte> into);

    /// <summary>False at the end.</summary>
    public bool TryReadByte(out byte value)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
            _end = Read(_buffer);
            if (_end == 0)
            {
                value = 0;
                return false;
            }
        }

        value = _buffer[_start++];
        return true;
    }

    /// <exception cref="EndOfStreamException">There is no more.</exception>
    public byte ReadByte() => TryReadByte(out var value) ? value : throw new EndOfStreamException();

    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public void ReadExactly(Span<byte> into)
    {
        var buffered = Math.Min(into.Length, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(into);
        _start += buffered;
        into = into[buffered..];
        while (into.Length > 0)
        {
            var length = Read(into);
            if (length == 0) throw new EndOfStreamException();
            into = into[length..];
        }
    }

    /// <summary>A variable-length number: 7 bits a byte, highest first, all but the last with bit 7 set.</summary>
    /// <exception cref="InvalidDataException">More than 63 bits.</exception>
    /// <exception cref="EndOfStreamException">It is cut off.</exception>
    public long ReadNumber()
    {
        var number = 0L;
        while (true)
        {
            var value = ReadByte();
            if (number > long.MaxValue >> 7) throw new InvalidDataException("a number has more than 63 bits");
            number = (number << 7) | (value & 0x7FL);
            if (value < 0x80) return number;
        }
    }
}
