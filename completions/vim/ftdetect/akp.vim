autocmd BufNewFile,BufRead *.akp setfiletype akp
