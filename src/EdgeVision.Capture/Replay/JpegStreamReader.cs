using System.Buffers.Binary;

namespace EdgeVision.Capture.Replay;

/// <summary>
/// Cuts a stream of concatenated JPEG pictures (MJPEG) into pictures by walking their markers (ITU-T T.81, annex B), so that thumbnails
/// inside EXIF segments and stuffed bytes in scan data do not cut one in two. Garbage between pictures is stepped over. The bytes are
/// untrusted: where the walk fails the next SOI is looked for from there on, so that every byte is walked once.
/// </summary>
internal sealed class JpegStreamReader(Stream stream)
{
    /// <summary>A picture of 50 megapixels at the highest quality stays below; more is no camera's picture.</summary>
    public const int MaxPictureBytes = 32 << 20;

    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    private byte[] _buffer = new byte[256 << 10];
    private int _start;
    private int _at;
    private int _end;
    private int _sincePicture;

    private enum Walk
    {
        Complete,

        /// <summary>Failed before any scan: hardly a picture at all.</summary>
        Broken,

        /// <summary>Failed behind the start of a scan: a picture that has lost a part.</summary>
        Damaged,

        CutOff,
    }

    /// <summary>Bytes that belonged to no picture so far.</summary>
    public long Garbage { get; private set; }

    /// <summary>
    /// The next picture, SOI to EOI; empty at the end of the stream. A picture that lost its end is given as far as it goes: its decoder
    /// will refuse it, and so it is counted. Valid until the next call.
    /// </summary>
    /// <exception cref="InvalidDataException">A picture, or garbage between two, beyond <see cref="MaxPictureBytes"/>.</exception>
    public ReadOnlySpan<byte> Next()
    {
        _start = _at;
        while (SeekStart())
        {
            switch (WalkPicture())
            {
                case Walk.Broken:
                    StepOver(_at - _start);
                    break;
                default:
                    _sincePicture = 0;
                    return _buffer.AsSpan(_start, _at - _start);
            }
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

    private Walk WalkPicture()
    {
        var failed = Walk.Broken;
        while (true)
        {
            if (!Need(2)) return CutOff();
            if (_buffer[_at] != 0xFF) return failed;
            var marker = _buffer[_at + 1];
            if (marker == 0xFF)
            {
                _at++;      // a fill byte before the marker (B.1.1.2)
                continue;
            }

            // A new SOI: the picture before it has lost its end, and the new one must not be missed.
            if (marker is 0x00 or StartOfImage) return failed;
            // What corruption makes of scan data is not a segment; its "length" would swallow the next picture.
            if (failed == Walk.Damaged && !MayFollowScan(marker)) return failed;
            _at += 2;
            if (marker == EndOfImage) return Walk.Complete;
            if (marker is 0x01 or (>= 0xD0 and <= 0xD7)) continue;
            if (!Need(2)) return CutOff();
            var length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_at));
            if (length < 2) return failed;
            if (!Need(length)) return CutOff();
            _at += length;
            if (marker != StartOfScan) continue;
            if (!SkipScan()) return CutOff();
            failed = Walk.Damaged;
        }
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

    private Walk CutOff()
    {
        _at = _end;
        return Walk.CutOff;
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
        if (_end == _buffer.Length)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_at, _end, _start) = (_at - _start, _end - _start, 0);
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

        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }
}
