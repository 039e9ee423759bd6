namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>The fields of a header packet, one by one.</summary>
/// <param name="data">The packet between its length and its checksum.</param>
internal ref struct NutFields(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> _left = data;

    /// <summary>Not negative.</summary>
    /// <exception cref="InvalidDataException">Cut off, or more than 63 bits.</exception>
    public long Number()
    {
        var number = 0L;
        while (true)
        {
            if (_left.IsEmpty) throw CutOff();
            var value = _left[0];
            _left = _left[1..];
            if (number > long.MaxValue >> 7) throw new InvalidDataException("a number has more than 63 bits");
            number = (number << 7) | (value & 0x7FL);
            if (value < 0x80) return number;
        }
    }

    /// <param name="what">Its name, for the error.</param>
    /// <param name="min">Smallest that makes sense here.</param>
    /// <param name="max">Largest.</param>
    /// <exception cref="InvalidDataException">Out of range.</exception>
    public int Number(string what, int min, int max)
    {
        var number = Number();
        return number >= min && number <= max ? (int)number : throw new InvalidDataException($"{what} is {number}, from {min} to {max} was expected");
    }

    public long Signed()
    {
        var number = Number();
        if (number == long.MaxValue) throw new InvalidDataException("a number has more than 63 bits");
        number++;
        return (number & 1) != 0 ? -(number >> 1) : number >> 1;
    }

    /// <summary>A length and as many bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int maxLength)
    {
        var length = Number("a length", 0, maxLength);
        if (length > _left.Length) throw CutOff();
        var bytes = _left[..length];
        _left = _left[length..];
        return bytes;
    }

    private static InvalidDataException CutOff() => new("a header is cut off");
}
