using System.Buffers.Binary;

namespace EdgeVision.Capture.Replay;

/// <summary>
/// Cuts a stream of concatenated JPEG pictures (MJPEG) into pictures by walking their markers (ITU-T T.81, annex B), so that thumbnails
/// inside EXIF segments and stuffed bytes in scan data do not cut one in two. Garbage between pictures is stepped over. The bytes are
/// untrusted: where the walk fails the next SOI is looked for from there on, or in the one segment whose length led there, so that no way is
/// walked twice.
/// </summary>
internal sealed class JpegStreamReader
{
    /// <summary>A picture of 50 megapixels at the highest quality stays below; more is no camera's picture.</summary>
    public const int MaxPictureBytes = 32 << 20;

    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    private Stream _stream = Stream.Null;
    private byte[] _buffer = new byte[256 << 10];
    private int _start;
    private int _at;
    private int _end;

    /// <summary>Where the last walk failed: a picture that ends before lies in a segment of a broken one, a thumbnail.</summary>
    private int _failed;
    private int _sincePicture;
    private CancellationToken _stopping;

    /// <summary>Bytes that belonged to no picture so far.</summary>
    public long Garbage { get; private set; }

    /// <summary>Begins with another stream, on the same buffer. The stream stays the caller's.</summary>
    public void Restart(Stream stream)
    {
        _stream = stream;
        (_start, _at, _end, _failed, _sincePicture, Garbage) = (0, 0, 0, 0, 0, 0);
    }

    /// <summary>
    /// The next picture, SOI to EOI; empty at the end of the stream. A picture that lost its end is given as far as it goes: its decoder
    /// will refuse it, and so it is counted. Valid until the next call.
    /// </summary>
    /// <exception cref="InvalidDataException">A picture, or garbage between two, beyond <see cref="MaxPictureBytes"/>.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired during a long search.</exception>
    public ReadOnlySpan<byte> Next(CancellationToken stopping)
    {
        _stopping = stopping;
        _start = _at;
        while (SeekStart())
        {
            if (WalkPicture())
            {
                _sincePicture = 0;
                return _buffer.AsSpan(_start, _at - _start);
            }

            StepOver(_at - _start);
        }

        return [];
    }

    /// <summary>Moves to the next FF D8 FF; false at the end of the stream.</summary>
    private bool SeekStart()
    {
        while (true)
        {
            ReadOnlySpan<byte> soi = [0xFF, StartOfImage, 0xFF];
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf(soi);
            if (found >= 0)
            {
                StepOver(found);
                _at = _start + 2;
                return true;
            }

            // The last two bytes may be the beginning of one.
            StepOver(Math.Max(0, _end - _start - 2));
            _at = _end;
            if (!Fill()) return false;
        }
    }

    private void StepOver(int bytes)
    {
        _start += bytes;
        Garbage += bytes;
        _sincePicture += bytes;
        if (_sincePicture > MaxPictureBytes) throw new InvalidDataException($"there is no picture within {MaxPictureBytes >> 20} MB");
    }

    /// <summary>Moves to the end of the picture; false for one that is given up, where the search then goes on.</summary>
    private bool WalkPicture()
    {
        var (scanned, jumped) = (false, 0);
        while (true)
        {
            if (!Need(2)) return CutOff();
            if (_buffer[_at] != 0xFF) return Fail(scanned, jumped);
            var marker = _buffer[_at + 1];
            jumped = 0;
            if (marker == 0xFF)
            {
                _at++;      // a fill byte before the marker (B.1.1.2)
                continue;
            }

            // A new SOI: the picture before it has lost its end, and the new one must not be missed.
            if (marker is 0x00 or StartOfImage) return Fail(scanned, 0);
            // What corruption makes of scan data is not a segment; its "length" would swallow the next picture.
            if (scanned && !MayFollowScan(marker)) return Fail(scanned, 0);
            _at += 2;
            if (marker == EndOfImage) return _at > _failed;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7)) continue;
            if (!Need(2)) return CutOff();
            jumped = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_at));
            if (jumped < 2) return Fail(scanned, 0);
            if (!Need(jumped)) return CutOff();
            _at += jumped;
            if (marker != StartOfScan) continue;
            if (!SkipScan()) return CutOff();
            (scanned, jumped) = (true, 0);
        }
    }

    /// <summary>
    /// The picture ends here, or, where the length of a segment led to no marker, in that segment, which may have swallowed the next picture.
    /// Behind the start of a scan it is given as it is; before, it is hardly a picture at all.
    /// </summary>
    private bool Fail(bool scanned, int jumped)
    {
        var failed = _at;
        _at -= jumped;
        var given = scanned && _at > _failed;
        _failed = Math.Max(_failed, failed);
        return given;
    }

    /// <summary>Between the scans of a picture (B.2.1): EOI, tables (DHT, DAC, DQT, DRI), DNL, comments and the next SOS.</summary>
    private static bool MayFollowScan(byte marker) => marker is EndOfImage or StartOfScan or 0xC4 or 0xCC or 0xDB or 0xDC or 0xDD or 0xFE;

    /// <summary>Entropy-coded data up to the marker that ends it: FF 00 is a stuffed byte, FF D0 … D7 a restart.</summary>
    private bool SkipScan()
    {
        while (true)
        {
            var found = _buffer.AsSpan(_at, _end - _at).IndexOf((byte)0xFF);
            if (found < 0)
            {
                _at = _end;
                if (!Fill()) return false;
                continue;
            }

            _at += found;
            if (!Need(2)) return false;
            if (_buffer[_at + 1] is not (0x00 or 0xFF or (>= 0xD0 and <= 0xD7))) return true;
            _at += _buffer[_at + 1] == 0xFF ? 1 : 2;
        }
    }

    private bool CutOff()
    {
        _at = _end;
        return true;
    }

    private bool Need(int bytes)
    {
        while (_end - _at < bytes)
        {
            if (!Fill()) return false;
        }

        return true;
    }

    /// <summary>Reads more behind what is there, after moving or growing the buffer; false at the end of the stream.</summary>
    private bool Fill()
    {
        _stopping.ThrowIfCancellationRequested();
        if (_end == _buffer.Length)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_at, _end, _failed, _start) = (_at - _start, _end - _start, _failed - _start, 0);
            }
            else if (_buffer.Length >= MaxPictureBytes)
            {
                throw new InvalidDataException($"a picture has no end within {MaxPictureBytes >> 20} MB");
            }
            else
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }

        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
